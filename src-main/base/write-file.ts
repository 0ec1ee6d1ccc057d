/** The one way in which Semblance writes files for a person. */
import {
  chmodSync,
  closeSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { partialPath, registerPartialFile, removePartialFiles } from "./partial-files";
import { type FileTarget, nearestFolder, refuseTarget, unwritableFile } from "./refuse-target";
import { syncFile, syncFolder } from "./sync-to-disk";
import { isSystemError } from "./system-error";

/** Written to find out whether a place takes files, in bytes: a block of most file systems. */
const PROBE_BYTES = 4096;

/**
 * Writes a file through a temporary one beside it, so that it is complete or absent, whatever happens. What it replaces
 * keeps its permissions.
 * @throws Refusal of `refuseTarget`, before anything is written and again before the file is replaced; `cannot-write`;
 *   or what `write` throws. Then an existing file is unchanged.
 */
export async function writeAtomic<Outcome>(
  target: FileTarget,
  write: (handle: FileHandle) => Promise<Outcome>,
): Promise<Outcome> {
  const partial = beginFile(target);
  try {
    const handle = await open(partial.path, "r+");
    let outcome: Outcome;
    try {
      outcome = await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    partial.complete();
    return outcome;
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(resolve(target.file), error) : error;
  } finally {
    partial.end();
  }
}

/**
 * As `writeAtomic`, for writers that need a path or don't wait.
 * @param write fills the empty file at this path
 */
export function writeAtomicSync<Outcome>(target: FileTarget, write: (path: string) => Outcome): Outcome {
  const partial = beginFile(target);
  try {
    const outcome = write(partial.path);
    syncFile(partial.path);
    partial.complete();
    return outcome;
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(resolve(target.file), error) : error;
  } finally {
    partial.end();
  }
}

/**
 * Finds out before long work whether its result could be written: refuses what `writeAtomic` would refuse, writes a
 * little beside the file and deletes it.
 * @param bytes how large the file will be, as far as known
 * @throws Refusal of `refuseTarget`, `cannot-write`
 */
export function tryTarget(target: FileTarget, bytes = 0): void {
  writeProbe(target.home, target.file, bytes, beginFile(target));
}

/** @param probe an empty temporary file, which is deleted @throws Refusal `cannot-write` */
export function writeProbe(home: string, file: string, bytes: number, probe = openTemporary(home, file)): void {
  const path = resolve(file);
  try {
    writeFileSync(probe.path, Buffer.alloc(PROBE_BYTES), { flush: true });
    const { bavail, bsize } = statfsSync(dirname(probe.path));
    const free = bavail * bsize;
    if (free < bytes)
      throw new Refusal(
        "cannot-write",
        `Couldn’t write ${path}: it takes ${megabytes(bytes)}, and the disk has ${megabytes(free)} left.`,
      );
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(path, error) : error;
  } finally {
    probe.end();
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;

interface TemporaryFile {
  path: string;
  /** Deletes it, unless it was renamed. */
  end(): void;
}

function beginFile(target: FileTarget): TemporaryFile & { complete(): void } {
  const file = resolve(target.file);
  const temporary = openTemporary(target.home, file, refuseTarget(target));
  return {
    ...temporary,
    complete() {
      const replaced = refuseTarget(target); // it may have changed since
      if (replaced) copyMode(replaced, temporary.path);
      renameSync(temporary.path, file);
      syncFolder(dirname(file));
    },
  };
}

/** Some file systems have no permissions, and refuse to set any. */
function copyMode({ mode }: Stats, file: string): void {
  if (statSync(file).mode !== mode) chmodSync(file, mode & 0o777);
}

/** @param replaced if given, the new file may be as private, so nobody else can read it meanwhile */
function openTemporary(home: string, file: string, replaced?: Stats): TemporaryFile {
  const path = partialPath(nearestFile(file));
  const settled = noteIn(home, path);
  try {
    closeSync(openSync(path, "wx", replaced ? 0o600 : 0o666));
  } catch (error) {
    settled();
    throw isSystemError(error) ? unwritableFile(resolve(file), error) : error;
  }
  return {
    path,
    end() {
      rmSync(path, { force: true });
      settled();
    },
  };
}

/** A path in the nearest folder that exists. */
const nearestFile = (file: string): string => resolve(nearestFolder(resolve(file)), "file");

/**
 * Cleans up after processes that died, and notes a file for those who clean up after this one.
 * @throws Refusal `cannot-write` if the data folder takes no note
 */
export function noteIn(home: string, partial: string, replaced?: string): () => void {
  try {
    removePartialFiles(home);
    return registerPartialFile(home, partial, replaced);
  } catch (error) {
    throw isSystemError(error) ? unwritableFile(home, error) : error;
  }
}
