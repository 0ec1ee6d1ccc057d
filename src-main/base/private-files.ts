/**
 * Keeps the data folder for its owner: folders have mode 700, files 600, whatever the umask.
 *
 * Modes are set on what is there, before and after work, instead of narrowing the process's umask: exports that a person
 * writes elsewhere, and the browser and file manager that we start, must keep the umask that the person chose. Between
 * the two, a new file may have a wider mode for a while, but it lies in a folder that nobody else can enter. SQLite
 * gives -wal and -shm the mode of their database.
 */
import { chmodSync, type Dirent, lstatSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * What the program makes in its data folder, which may be a folder that has other things in it. Not the sample photos,
 * which are public and opened like anyone's photos; of `desktop`, Chromium keeps the inside private.
 */
const FOLDERS = [
  "libraries",
  "embeddings",
  "fits",
  "projections",
  "label-rows",
  "evaluations",
  "packs",
  "unfinished",
  "desktop",
];
const FILES = /^(recent\.json|window\.json|electron-download\.json|swap\.lock\.db|room-on-disk\.)/;
const STICKY = 0o1000;

/**
 * Takes other users' access to the data folder away, if it exists. Says so on stderr if the disk or its owner doesn't
 * allow that. Does nothing on Windows, where the system's folder for application data is private.
 */
export function keepPrivate(home: string): void {
  if (process.platform === "win32") return;
  const refused = new Set<string>();
  const restrict = (path: string) => {
    try {
      const stat = lstatSync(path);
      const bits = stat.mode & 0o7777;
      // A link's target is elsewhere, so it is not ours to change; a folder such as /tmp belongs to all.
      if (stat.isSymbolicLink() || bits & STICKY || !(bits & 0o077)) return;
      chmodSync(path, bits & (stat.isDirectory() ? 0o700 : 0o600));
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") refused.add(code); // deleted meanwhile
    }
  };
  const restrictAll = (folder: string) => {
    restrict(folder);
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory()) restrictAll(join(folder, entry.name));
      else restrict(join(folder, entry.name));
    }
  };

  if (resolve(home) !== homedir()) restrict(home);
  for (const entry of entriesOf(home)) {
    const path = join(home, entry.name);
    if (entry.name === "desktop" || FILES.test(entry.name)) restrict(path);
    else if (entry.isDirectory() && FOLDERS.includes(entry.name)) restrictAll(path);
  }
  if (refused.size > 0)
    console.error(
      `Can’t keep other users out of ${home} (${[...refused].join(", ")}). Move it to a disk that has permissions, with SEMBLANCE_HOME.`,
    );
}

/** None if the folder is missing or can't be read; whoever needs it says so. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
