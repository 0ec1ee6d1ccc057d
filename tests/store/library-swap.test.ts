import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { copyLibrary, openCopy } from "../../src-main/store/library-copy";
import { withSwapLock } from "../../src-main/store/library-swap";
import { acquireLock } from "../../src-main/store/lock";
import { backupsOf } from "../../src-main/store/restore";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { temporaryFolder } from "../fixtures/photo-folder";

interface Place {
  home: string;
  folder: string;
}

/** A closed library of a folder with two files, both with this label. */
function library(label: "Rex" | "garden", above = temporaryFolder(), home = temporaryFolder()): Place {
  const folder = join(above, "Pictures");
  mkdirSync(folder, { recursive: true });
  const store = openStore({ home, folder });
  for (const n of [1, 2]) {
    writeFileSync(join(folder, `${n}.jpg`), "x");
    const content = { hash: Buffer.alloc(32, n), size: 1, mtimeMs: 0 };
    putFile(store, `${n}.jpg`, addPhoto(store, content), content);
  }
  annotate(store, { photos: [1, 2], label: `own:${label}`, verdict: "accept", name: label });
  closeStore(store);
  return { home, folder };
}

function labelsOf(place: Place): string[] {
  const store = openStore(place);
  try {
    return [...new Set(currentAnnotations(store).map(({ label }) => label))];
  } finally {
    closeStore(store);
  }
}

const names = (home: string): string[] => readdirSync(join(home, "libraries")).sort();

// guarantee: relocated
test("a library that is still arriving or set aside is never taken up by a moved folder; what a dead process left is deleted, what a live one prepares stays", () => {
  const above = temporaryFolder();
  const { home, folder } = library("Rex", above);
  const directory = libraryDirectory(home, folder);
  // As of a process killed while it checked a copy: nobody knows what is in this file.
  const db = new Database(join(directory, "library.db"));
  db.exec("CREATE TRIGGER foreign_code AFTER INSERT ON photo BEGIN DELETE FROM standing; END");
  db.close();
  const live = `${directory}.arriving-${process.ppid}-1-x`;
  for (const arriving of [`${directory}.arriving`, `${directory}.arriving-1000000000-1-x`, live]) {
    mkdirSync(arriving);
    writeFileSync(join(arriving, "library.db"), "");
    const copy = new Database(join(directory, "library.db"));
    copy.exec(`VACUUM INTO '${join(arriving, "checked.db")}'`);
    copy.close();
    renameSync(join(arriving, "checked.db"), join(arriving, "library.db"));
  }
  renameSync(directory, `${directory}.aside-2026-01-01T00-00-00-000Z`);
  mkdirSync(directory); // so that nothing is to be undone
  const moved = join(above, "Moved");
  renameSync(folder, moved);

  const store = openStore({ home, folder: moved });
  expect(store.movedFrom).toBeNull();
  expect(currentAnnotations(store)).toEqual([]);
  closeStore(store);
  expect(names(home)).toEqual(
    [directory, `${directory}.aside-2026-01-01T00-00-00-000Z`, live, libraryDirectory(home, moved)]
      .map((path) => path.slice(join(home, "libraries", "/").length))
      .sort(),
  );
});

// guarantee: killed-anywhere
test("a library that an earlier version set aside and died before it moved the new one in is back at the next opening", () => {
  const place = library("Rex");
  const directory = libraryDirectory(place.home, place.folder);
  renameSync(directory, `${directory}.aside-2026-01-01T00-00-00-000Z`);
  mkdirSync(`${directory}.arriving`);
  expect(labelsOf(place)).toEqual(["own:Rex"]);
  expect(names(place.home)).toHaveLength(1);
});

// guarantee: killed-anywhere
test.each([0, 1, 2])("a swap that died after %i of its 2 renames is finished by the next opening", (done) => {
  const [place, other] = [library("Rex"), library("garden")];
  const directory = libraryDirectory(place.home, place.folder);
  const name = directory.slice(join(place.home, "libraries", "/").length);
  const moves = [
    { from: name, to: `${name}.aside-1` },
    { from: `${name}.arriving-1000000000-1-x`, to: name },
  ];
  renameSync(libraryDirectory(other.home, other.folder), join(place.home, "libraries", moves[1].from));
  writeFileSync(`${directory}.swap.json`, JSON.stringify(moves));
  for (const { from, to } of moves.slice(0, done))
    renameSync(join(place.home, "libraries", from), join(place.home, "libraries", to));
  expect(labelsOf(place)).toEqual(["own:garden"]);
  expect(names(place.home)).toEqual([name, `${name}.aside-1`]);
});

// guarantee: killed-anywhere
test("commands that only read a library finish a swap too, and two libraries set aside in one millisecond keep apart", () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const [place, other] = [library("Rex"), library("garden")];
  const file = join(temporaryFolder(), "a.semblance");
  const store = openStore(other);
  copyLibrary(store, file, false);
  closeStore(store);
  const asides = [1, 2].map(() => openCopy({ ...place, file, replace: true }).aside);
  vi.useRealTimers();
  expect(new Set(asides).size).toBe(2);
  const directory = libraryDirectory(place.home, place.folder);
  rmSync(directory, { recursive: true });
  const moves = asides.slice(0, 1).map((aside) => ({ from: basename(aside!), to: basename(directory) }));
  writeFileSync(`${directory}.swap.json`, JSON.stringify(moves));
  expect(backupsOf(place.home, place.folder)).toHaveLength(1);
  expect(labelsOf(place)).toEqual(["own:Rex"]);
});

test("a journal that can't be read, or that names files elsewhere, moves nothing and is set aside", () => {
  const place = library("Rex");
  const directory = libraryDirectory(place.home, place.folder);
  const name = directory.slice(join(place.home, "libraries", "/").length);
  const complained = vi.spyOn(console, "error").mockReturnValue(undefined);
  for (const text of [
    "[{",
    "{}",
    JSON.stringify([{ from: name, to: "../elsewhere" }]),
    JSON.stringify([{ from: `${name}/../../recent.json`, to: `${name}.aside-1` }]),
  ]) {
    writeFileSync(`${directory}.swap.json`, text);
    expect(labelsOf(place), text).toEqual(["own:Rex"]);
    expect(complained).toHaveBeenLastCalledWith(expect.stringContaining(`${name}.swap.json is damaged`));
  }
  expect(names(place.home)).toEqual([name, `${name}.swap.json.damaged`]);
  expect(existsSync(join(place.home, "recent.json"))).toBe(true);
  complained.mockRestore();
});

// guarantee: one-process
test("no library is opened or replaced while another process is replacing one", () => {
  const place = library("Rex");
  const file = join(temporaryFolder(), "a.semblance");
  const store = openStore(place);
  copyLibrary(store, file, false);
  closeStore(store);
  const attempts = withSwapLock(place.home, () => [acquireLock(join(place.home, "swap.lock.db"))]);
  expect(attempts).toEqual([null]);
  const held = openStore(place);
  expect(() => openCopy({ ...place, file, replace: true })).toThrow(
    expect.objectContaining({ code: "library-locked" }) as Error,
  );
  closeStore(held);
  expect(names(place.home)).toHaveLength(1);
});

// guarantee: relocated
test("a folder whose library was only about to be created when the process died still gets its moved library", () => {
  const above = temporaryFolder();
  const { home, folder } = library("Rex", above);
  const moved = join(above, "Moved");
  renameSync(folder, moved);
  const directory = libraryDirectory(home, moved);
  mkdirSync(directory);
  acquireLock(join(directory, "lock.db"))!.close();
  expect(labelsOf({ home, folder: moved })).toEqual(["own:Rex"]);
});

// guarantee: corrupt-library
test("a library that lost its file counts as one when a copy is opened: it is replaced only on request, and its backups are kept", () => {
  const [place, other] = [library("Rex"), library("garden")];
  const file = join(temporaryFolder(), "a.semblance");
  const store = openStore(other);
  copyLibrary(store, file, false);
  closeStore(store);
  const directory = libraryDirectory(place.home, place.folder);
  renameSync(join(directory, "library.db"), join(temporaryFolder(), "library.db"));
  expect(() => openCopy({ ...place, file, replace: false })).toThrow(
    expect.objectContaining({ code: "library-exists" }) as Error,
  );
  const { aside } = openCopy({ ...place, file, replace: true });
  expect(readdirSync(join(aside!, "backups"))).toHaveLength(1);
  expect(labelsOf(place)).toEqual(["own:garden"]);
});
