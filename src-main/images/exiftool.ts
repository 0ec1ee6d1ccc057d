import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { ExifTool } from "exiftool-vendored";
import { Refusal } from "../../src-shared/refusal";

/** Where ExifTool looks for it first. */
const PERL = "/usr/bin/perl";
/** One file's time; ExifTool answers in some 20 ms where the disk does. */
const TASK_MS = 30_000;

let started: Promise<ExifTool> | null = null;

/**
 * Asks ExifTool, one process that stays for all questions and is started by the first. It ends with this process, or by
 * `endExifTool`.
 * @throws Refusal `no-exiftool` where it can't run here, `exiftool-failed` where it died or gave up on this file
 */
export async function withExifTool<T>(question: (exifTool: ExifTool) => Promise<T>): Promise<T> {
  const exifTool = await start();
  try {
    return await question(exifTool);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n", 1)[0]!.slice(0, 200) : String(error);
    throw new Refusal("exiftool-failed", `ExifTool could not read the file (${reason})`);
  }
}

/** Ends the process; another question starts it again. */
export async function closeExifTool(): Promise<void> {
  const ending = started;
  started = null;
  await (await ending?.catch(() => null))?.end();
}

function start(): Promise<ExifTool> {
  const starting = (started ??= load());
  starting.catch(() => {
    if (started === starting) started = null;
  }); // Perl may be installed meanwhile
  return starting;
}

async function load(): Promise<ExifTool> {
  await needPerl();
  const { ExifTool } = await import("exiftool-vendored"); // with the first RAW file: most folders have none
  return new ExifTool({ maxProcs: 1, taskTimeoutMillis: TASK_MS, taskRetries: 1, geolocation: false });
}

/** Asked before: a process that can't be started would end this one. On Windows Perl comes with ExifTool. */
async function needPerl(): Promise<void> {
  if (process.platform === "win32") return;
  await promisify(execFile)(existsSync(PERL) ? PERL : "perl", ["-e", "1"]).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      "no-exiftool",
      `Camera RAW files are read by ExifTool, which needs Perl, and that can't be run here (${error.code ?? error.message})`,
    );
  });
}
