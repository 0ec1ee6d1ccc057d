import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { ExifTool } from "exiftool-vendored";
import { Refusal } from "../../src-shared/refusal";

/** Where ExifTool looks for Perl first. */
const PERL = "/usr/bin/perl";
/** Time limit per file. ExifTool takes about 20 ms on a fast disk. */
const TASK_MS = 30_000;

let started: Promise<ExifTool> | null = null;

/**
 * Runs a query in ExifTool. One process, started by the first query, serves all of them; it ends with this process or
 * by `closeExifTool`.
 * @throws Refusal `no-exiftool` if it can't run here, `exiftool-failed` if it crashed or gave up on this file
 */
export async function withExifTool<T>(question: (exifTool: ExifTool) => Promise<T>): Promise<T> {
  const exifTool = await start();
  try {
    return await question(exifTool);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n", 1)[0]!.slice(0, 200) : String(error);
    throw new Refusal("exiftool-failed", `ExifTool can’t read the file (${reason}).`);
  }
}

/** Ends the process; the next query starts it again. */
export async function closeExifTool(): Promise<void> {
  const ending = started;
  started = null;
  await (await ending?.catch(() => null))?.end();
}

function start(): Promise<ExifTool> {
  const starting = (started ??= load());
  starting.catch(() => {
    if (started === starting) started = null;
  }); // Perl may be installed by the next attempt
  return starting;
}

async function load(): Promise<ExifTool> {
  await needPerl();
  // Loaded with the first RAW file, because most folders have none.
  const { ExifTool } = await import("exiftool-vendored");
  return new ExifTool({ maxProcs: 1, taskTimeoutMillis: TASK_MS, taskRetries: 1, geolocation: false });
}

/** Checked first, because failing to start a process would crash this one. On Windows, Perl comes with ExifTool. */
async function needPerl(): Promise<void> {
  if (process.platform === "win32") return;
  await promisify(execFile)(existsSync(PERL) ? PERL : "perl", ["-e", "1"]).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      "no-exiftool",
      "Camera RAW files need ExifTool, which needs Perl, and Perl can’t be run " +
        `(${error.code ?? error.message}). Install Perl to read these files.`,
    );
  });
}
