import { sep } from "node:path";
import { Refusal, type RefusalCode } from "../../src-shared/refusal";
import { isSystemError, systemErrorSentence } from "../base/system-error";
import { diskFault } from "../store/disk-fault";

/** Codes of the system that mean that the path was wrong, not the disk. */
const WRONG_PATHS = ["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP"];

/**
 * Any error as one that people can act on. What Node, SQLite and the system throw names a path and a reason; whatever
 * is left is a bug, code `internal`.
 * @param home the data folder
 */
export function explainError(error: unknown, home: string): Refusal {
  if (error instanceof Refusal) return error;
  if (isSystemError(error)) {
    const inHome = error.path !== undefined && isOnTheWay(home, error.path) ? diskFault(error, home) : null;
    return inHome ?? new Refusal(codeOf(error), systemErrorSentence(error));
  }
  return (
    diskFault(error, home) ??
    new Refusal(
      "internal",
      `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`,
    )
  );
}

/** Whether a path lies in the data folder or above it. */
const isOnTheWay = (home: string, path: string): boolean =>
  path === home || path.startsWith(home + sep) || home.startsWith(path + sep);

function codeOf({ code = "", syscall }: NodeJS.ErrnoException): RefusalCode {
  if (code === "ENOSPC" || code === "EDQUOT") return "disk-full";
  if (code === "EIO") return "disk-failing";
  if (syscall === "uv_cwd") return "no-folder";
  return WRONG_PATHS.includes(code) ? "no-file" : "unreadable";
}
