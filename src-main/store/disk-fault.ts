import { Refusal } from "../../src-shared/refusal";

const FULL = ["SQLITE_FULL", "ENOSPC", "EDQUOT"];
const CLOSED = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "EROFS", "EACCES", "EPERM"];
const DAMAGED = ["SQLITE_CORRUPT", "SQLITE_NOTADB"];
const FAILING = ["SQLITE_IOERR", "EIO"];

/**
 * Translates an error of the system or SQLite into what is wrong with the disk that holds the data folder.
 * @returns a Refusal `disk-full`, `data-folder-closed`, `library-damaged` or `disk-failing`; null for any other error
 */
export function diskFault(error: unknown, home: string): Refusal | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof Refusal || typeof code !== "string") return null;
  const is = (codes: string[]) => codes.some((one) => code === one || code.startsWith(`${one}_`));
  if (is(FULL))
    return new Refusal(
      "disk-full",
      `The disk is full. Free some space on the disk of ${home} to go on; everything confirmed so far is saved.`,
    );
  // Node reports ENOENT when it can't create a folder on a read-only disk, and ENOTDIR below a file.
  const closed = is(CLOSED) || (is(["ENOENT", "ENOTDIR"]) && (error as NodeJS.ErrnoException).syscall === "mkdir");
  if (closed)
    return new Refusal(
      "data-folder-closed",
      `Can’t write to ${home}, where Semblance keeps its libraries (${code}). To use another folder, set SEMBLANCE_HOME.`,
    );
  if (is(DAMAGED))
    return new Refusal(
      "library-damaged",
      `The library in ${home} is damaged (${code}). You can restore an automatic backup.`,
    );
  if (is(FAILING))
    return new Refusal(
      "disk-failing",
      `Can’t read or write the disk that holds ${home} (${code}). Everything confirmed so far was ` +
        "saved, as far as the disk can be trusted.",
    );
  return null;
}

/** Whether SQLite reports that a database file is corrupt. */
export function isCorruption(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? "";
  return code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT");
}
