import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The data folder, with libraries, models and thumbnails: `SEMBLANCE_HOME`, else the system's folder for application
 * data. It may not exist yet.
 */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SEMBLANCE_HOME) return resolve(env.SEMBLANCE_HOME);
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "Semblance");
  if (process.platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "Semblance");
  return join(env.XDG_DATA_HOME ?? join(homedir(), ".local", "share"), "semblance");
}
