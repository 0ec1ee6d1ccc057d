import type { ExifTool } from "exiftool-vendored";
import { Refusal } from "../refusal";

/** One file's time; ExifTool answers in some 20 ms where the disk does. */
const TASK_MS = 30_000;

let started: Promise<ExifTool> | null = null;

/**
 * Asks ExifTool, one process that stays for all questions and is started by the first. It ends with this process, or by `endExifTool`.
 * @throws Refusal `no-exiftool` where it can't run here, `exiftool-failed` where it died or gave up on this file
 */
export async function askExifTool<T>(question: (exifTool: ExifTool) => Promise<T>): Promise<T> {
  const exifTool = await start();
  try {
    return await question(exifTool);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n", 1)[0].slice(0, 200) : String(error);
    if (/perl/i.test(reason) || /ENOENT.*spawn|spawn.*ENOENT/.test(reason))
      throw new Refusal("no-exiftool", `Camera RAW files are read by ExifTool, which needs Perl, and that can't be run here (${reason})`);
    throw new Refusal("exiftool-failed", `ExifTool could not read the file (${reason})`);
  }
}

/** Ends the process; another question starts it again. */
export async function endExifTool(): Promise<void> {
  const ending = started;
  started = null;
  await (await ending)?.end();
}

function start(): Promise<ExifTool> {
  // Loaded with the first RAW file: most folders have none.
  return (started ??= import("exiftool-vendored").then(({ ExifTool }) => new ExifTool({ maxProcs: 1, taskTimeoutMillis: TASK_MS, taskRetries: 1, geolocation: false })));
}
