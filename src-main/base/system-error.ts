/** Sentences for what the operating system refuses. */

const REASONS: Partial<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRINUSE: "it is in use",
  EBUSY: "another program is using it",
  EDQUOT: "your disk quota is used up",
  EEXIST: "it exists already",
  EFBIG: "the file would be too large for this disk",
  EIO: "the disk reports an error",
  EISDIR: "it is a folder",
  ELOOP: "it is a link that leads to itself",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many files are open",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of the path is a file, not a folder",
  ENOTEMPTY: "the folder isn’t empty",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
};

const ATTEMPTS: Partial<Record<string, string>> = {
  fsync: "write",
  ftruncate: "write",
  link: "create",
  listen: "listen on",
  mkdir: "create",
  mkdtemp: "create",
  open: "open",
  rename: "rename",
  rm: "delete",
  rmdir: "delete",
  spawn: "start",
  symlink: "create",
  unlink: "delete",
  write: "write",
};

export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  typeof (error as NodeJS.ErrnoException).code === "string" &&
  (error as NodeJS.ErrnoException).syscall !== undefined;

/**
 * What the system refused to do, to which path, and why: "Can’t create /mnt/x: the disk is read-only (EROFS)."
 * @param what stands for the path where the error has none
 */
export function systemErrorSentence(error: NodeJS.ErrnoException, what = "a file"): string {
  const { code = "", syscall = "", path, port } = error as NodeJS.ErrnoException & { port?: number };
  if (syscall === "uv_cwd") return "Can’t find the current folder: it was deleted. Go to another one first.";
  // "spawn /usr/bin/x" names what it started
  const attempt = ATTEMPTS[syscall.split(" ", 1)[0]!] ?? "read";
  return `Can’t ${attempt} ${path ?? (port === undefined ? what : `port ${port}`)}: ${REASONS[code] ?? error.message} (${code}).`;
}
