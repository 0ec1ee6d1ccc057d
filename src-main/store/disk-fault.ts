import { Refusal } from "../../src-shared/refusal";

const FULL = ["SQLITE_FULL", "ENOSPC", "EDQUOT"];
const CLOSED = ["SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "EROFS", "EACCES", "EPERM"];
const DAMAGED = ["SQLITE_CORRUPT", "SQLITE_NOTADB"];
const FAILING = ["SQLITE_IOERR", "EIO"];

/**
 * What a system's or a database's error says of the disk that holds the data folder, for people.
 * @returns a Refusal `disk-full`, `data-folder-closed`, `library-damaged` or `disk-failing`; null for any other error
 */
export function diskFault(error: unknown, home: string): Refusal | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof Refusal || typeof code !== "string") return null;
  const is = (codes: string[]) => codes.some((one) => code === one || code.startsWith(`${one}_`));
  if (is(FULL))
    return new Refusal(
      "disk-full",
      `The disk is full: nothing more can be stored in ${home} until there is room. All that was acknowledged before is kept.`,
    );
  // Node says so of a folder that it can't make on a disk that takes none.
  const closed = is(CLOSED) || (code === "ENOENT" && (error as NodeJS.ErrnoException).syscall === "mkdir");
  if (closed)
    return new Refusal(
      "data-folder-closed",
      `${home}, where libraries are kept, can't be written to (${code}). Another folder can be named by SEMBLANCE_HOME.`,
    );
  if (is(DAMAGED))
    return new Refusal(
      "library-damaged",
      `The library in ${home} is damaged (${code}). Earlier copies of it were kept, and one of them can be put back.`,
    );
  if (is(FAILING))
    return new Refusal(
      "disk-failing",
      `The disk that holds ${home} can't be read or written (${code}). All that was acknowledged before is kept as far as the disk keeps it.`,
    );
  return null;
}
