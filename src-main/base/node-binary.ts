import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { outsideArchive } from "./program-folder";

/**
 * A Node that the native modules run in: this process's own if it is plain Node 22 or newer, else the binary in the
 * `node` package.
 * @throws Error if neither exists
 */
export function nodeBinary(): string {
  const plain = process.versions.electron === undefined;
  if (plain && Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
  const binary = outsideArchive(join(folder, "bin", process.platform === "win32" ? "node.exe" : "node"));
  if (!existsSync(binary)) throw new Error(`${binary} is missing. Run npm ci, or reinstall Semblance.`);
  return binary;
}
