import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { childEnvironment } from "../base/fork-program";
import { nodeBinary } from "../base/node-binary";

/** How long to wait before a failed download is retried, in milliseconds. */
const DAY = 86_400_000;
/** In milliseconds: 110 MB take minutes on a slow connection. */
const DOWNLOAD_LIMIT = 300_000;

/**
 * The path of Electron's executable, which is downloaded if it is missing; null if the download fails. The data folder
 * records a failure, so that the next attempt is a day later.
 * @param say takes progress, a line at a time
 */
export async function electronBinary(home: string, say: (line: string) => void): Promise<string | null> {
  const folder = packageFolder();
  if (!folder) return null;
  const present = installed(folder);
  if (present) return present;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const memory = join(home, "electron-download.json");
  if (failedLately(memory, version)) return null;

  say(`Downloading Electron ${version} (once, about 110 MB)…`);
  const reason = await download(join(folder, "install.js"));
  const arrived = installed(folder);
  if (arrived) return arrived;
  say(`Can't download Electron (${reason ?? "the executable is missing"}). The next attempt is tomorrow.`);
  mkdirSync(home, { recursive: true });
  writeFileSync(memory, JSON.stringify({ version, failedAt: Date.now(), reason }));
  return null;
}

function packageFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve("electron/package.json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

/** Electron's installer writes path.txt last, once everything is unpacked. */
function installed(folder: string): string | null {
  const note = join(folder, "path.txt");
  if (!existsSync(note)) return null;
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, "dist"), readFileSync(note, "utf8"));
  return existsSync(binary) ? binary : null;
}

function failedLately(memory: string, version: string): boolean {
  if (!existsSync(memory)) return false;
  try {
    const { version: tried, failedAt } = JSON.parse(readFileSync(memory, "utf8")) as {
      version: string;
      failedAt: number;
    };
    return tried === version && Date.now() - failedAt < DAY;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Null on success, else the reason. */
function download(script: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary(), [script], {
      stdio: ["ignore", "ignore", "pipe"],
      env: childEnvironment(),
      timeout: DOWNLOAD_LIMIT,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(null);
      const fault = said
        .split("\n")
        .find((line) => /error/i.test(line))
        ?.trim();
      resolve(signal ? `it took longer than ${DOWNLOAD_LIMIT / 60_000} minutes` : (fault ?? `exit code ${code}`));
    });
  });
}
