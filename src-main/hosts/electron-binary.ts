import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { nodeBinary } from "../base/node-binary";

/** A failed download is not tried again before that, in milliseconds. */
const DAY = 86_400_000;
/** A slow line needs minutes for 110 MB. */
const DOWNLOAD_LIMIT = 300_000;

/**
 * Path of Electron's executable, downloaded once when it isn't there yet; null where it can't be had. The failure is
 * remembered for a day in the data folder.
 */
export async function electronBinary(home: string, say: (line: string) => void): Promise<string | null> {
  const folder = packageFolder();
  if (!folder) return null;
  const present = installed(folder);
  if (present) return present;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const memory = join(home, "electron-download.json");
  if (failedLately(memory, version)) return null;

  say(`Fetching Electron ${version} (once, about 110 MB)…`);
  const reason = await download(join(folder, "install.js"));
  const arrived = installed(folder);
  if (arrived) return arrived;
  say(`Electron could not be fetched (${reason ?? "it is not where it should be"}); it will be tried again tomorrow.`);
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

/** path.txt is written last, when everything is unpacked. */
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

/** Null when it went well, else why not. */
function download(script: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(nodeBinary(), [script], { stdio: ["ignore", "ignore", "pipe"], timeout: DOWNLOAD_LIMIT });
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
      resolve(signal ? `not within ${DOWNLOAD_LIMIT / 60_000} minutes` : (fault ?? `exit code ${code}`));
    });
  });
}
