import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { createSemblance } from "../../src-main/engine/semblance";
import { serveWindow } from "../../src-main/hosts/web";
import { backUp, listBackups } from "../../src-main/store/backup";
import { boxChange, boxesJudged, recordBoxes } from "../../src-main/store/box-verdicts";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { markPhotos, marksOf } from "../../src-main/store/marks";
import { backupsOf, restoreLibrary } from "../../src-main/store/restore";
import { undo } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { NO_MARKS } from "../../src-shared/photo-marks";
import { exchangeCode } from "../fixtures/exchange-code";
import { openEngine } from "../fixtures/open-engine";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

interface Location {
  home: string;
  folder: string;
  directory: string;
  file: string;
}

/** A library with one verdict in its backup and `later` more that no backup has, because its process died. */
function diedWith(later: number): Location {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const directory = libraryDirectory(place.home, place.folder);
  const first = openStore(place);
  const photos = addMockPhotos(first, 200);
  annotate(first, { photos: [photos[0]], label: "own:Rex", verdict: "accept", name: "Rex" });
  closeStore(first);
  const second = openStore(place);
  const [added] = addMockPhotos(second, 1, 500);
  for (let n = 0; n < later; n++)
    annotate(second, {
      photos: [n === 0 ? added : photos[n]],
      label: n % 2 === 0 ? "own:garden" : "own:Rex",
      verdict: "accept",
      name: "",
    });
  second.db.pragma("wal_checkpoint(TRUNCATE)");
  second.db.close();
  second.lock.close();
  return { ...place, directory, file: join(directory, "library.db") };
}

const refused = (place: Location): string => {
  try {
    closeStore(openStore(place));
    return "opened";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

function opened(place: Location): Store {
  const store = openStore(place);
  onTestFinished(() => closeStore(store));
  return store;
}

/** The first page of a table or index, counted from 1; pages have 4,096 bytes. */
function rootOf(file: string, name: string): number {
  const db = new Database(file, { readonly: true });
  const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name) as number;
  db.close();
  return page;
}

function overwrite(file: string, page: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, (page - 1) * 4096, page * 4096);
  writeFileSync(file, bytes);
}

// guarantee: corrupt-library
test("a library file overwritten with noise is restored from a backup, and the damaged file is set aside", () => {
  const place = diedWith(3);
  writeFileSync(place.file, "no database ".repeat(2000));
  expect(refused(place)).toBe("library-damaged");
  const [copy, ...others] = backupsOf(place.home, place.folder);
  expect(others).toEqual([]);
  expect(copy).toMatchObject({ photos: 200, verdicts: 1 });
  const restored = restoreLibrary({ ...place, copy: copy.copy });
  expect(restored).toMatchObject({ verdicts: 1, takenOver: 0, lost: null });
  expect(readFileSync(join(restored.aside!, "library.db"), "utf8")).toMatch(/^no database/);
  expect(currentAnnotations(opened(place))).toHaveLength(1);
});

// guarantee: corrupt-library
test("verdicts newer than the backup are recovered from the damaged file, as one action that undo takes back", () => {
  const place = diedWith(9);
  overwrite(place.file, rootOf(place.file, "photo_dated"));
  expect(refused(place)).toBe("library-damaged");
  const { verdicts, takenOver, lost } = restoreLibrary({ ...place, copy: backupsOf(place.home, place.folder)[0].copy });
  expect({ verdicts, takenOver, lost }).toEqual({ verdicts: 10, takenOver: 9, lost: 0 });
  const store = opened(place);
  expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(
    currentAnnotations(store)
      .map(({ photo, label }) => `${photo} ${label}`)
      .sort()
      .slice(0, 3),
  ).toEqual(["1 own:Rex", "2 own:Rex", "201 own:garden"]);
  expect(undo(store)).toBe("Recover 9 verdicts from the damaged library");
  expect(currentAnnotations(store)).toHaveLength(1);
});

// guarantee: corrupt-library
test("verdicts on boxes that are newer than the backup are recovered too, and undo takes them back", () => {
  const place = diedWith(2);
  const dying = openStore(place);
  const [photo, added] = [1, 201];
  const box = [0.1, 0.2, 0.3, 0.4] as const;
  for (const [on, verdict] of [
    [photo, "reject"],
    [added, "accept"],
  ] as const)
    recordBoxes(dying, [boxChange({ photo: on, detector: "d", label: "own:dog", box }, verdict)], { description: "" });
  dying.db.pragma("wal_checkpoint(TRUNCATE)");
  dying.db.close();
  dying.lock.close();
  const [{ copy }] = backupsOf(place.home, place.folder);
  expect(restoreLibrary({ ...place, copy })).toMatchObject({ verdicts: 3, takenOver: 4, lost: 0 });
  const store = opened(place);
  const judged = () => [boxesJudged(store, photo, "reject"), boxesJudged(store, added, "accept")];
  expect(judged()).toEqual([photo, added].map((on) => [{ photo: on, detector: "d", label: "own:dog", box: [...box] }]));
  expect(undo(store)).toBe("Recover 2 verdicts on boxes from the damaged library");
  expect(judged()).toEqual([[], []]);
});

// guarantee: corrupt-library
test("flags, stars and colours that are newer than the backup are recovered too, and undo takes them back", () => {
  const place = diedWith(2);
  const dying = openStore(place);
  markPhotos(dying, [1, 201], { rating: 4, colour: "red" });
  markPhotos(dying, [201], { flag: "pick", rating: 5 });
  dying.db.pragma("wal_checkpoint(TRUNCATE)");
  dying.db.close();
  dying.lock.close();
  const [{ copy }] = backupsOf(place.home, place.folder);
  expect(restoreLibrary({ ...place, copy })).toMatchObject({ verdicts: 3, takenOver: 4, lost: 0 });
  const store = opened(place);
  const marks = () => [...marksOf(store, [1, 201]).values()];
  expect(marks()).toEqual([
    { flag: "none", rating: 4, colour: "red" },
    { flag: "pick", rating: 5, colour: "red" },
  ]);
  expect(undo(store)).toBe("Recover flags, stars and colours of 2 photos from the damaged library");
  expect(marks()).toEqual([NO_MARKS, NO_MARKS]);
  markPhotos(store, [1, 2], { flag: "reject", rating: 1 });
  expect(listBackups(dirname(dirname(backUp(store.db, place.directory, "exit"))))[0]).toMatchObject({ marked: 2 });
});

test("a truncated library file is detected when it is opened, and unreadable verdicts are counted", () => {
  const place = diedWith(9);
  overwrite(place.file, rootOf(place.file, "verdict_event"));
  expect(refused(place)).toBe("library-damaged");
  expect(restoreLibrary({ ...place, copy: backupsOf(place.home, place.folder)[0].copy })).toMatchObject({
    verdicts: 1,
    takenOver: 0,
    lost: 9,
  });

  const cut = diedWith(2);
  truncateSync(cut.file, readFileSync(cut.file).length - 3 * 4096);
  expect(refused(cut)).toBe("library-damaged");
});

// guarantee: corrupt-library
test("without an intact backup the library starts empty, with the verdicts that can be recovered", () => {
  const place = diedWith(4);
  const [{ copy }] = backupsOf(place.home, place.folder);
  overwrite(join(place.directory, "backups", copy), 2);
  overwrite(place.file, rootOf(place.file, "photo_dated"));
  expect(backupsOf(place.home, place.folder)).toEqual([]);
  expect(() => restoreLibrary({ ...place, copy })).toThrow(expect.objectContaining({ code: "no-backup" }) as Error);
  expect(() => restoreLibrary({ ...place, copy: "../library.db" })).toThrow(
    expect.objectContaining({ code: "no-backup" }) as Error,
  );
  expect(restoreLibrary({ ...place, copy: null })).toMatchObject({ verdicts: 5, takenOver: 5, lost: 0 });
  expect(currentAnnotations(opened(place))).toHaveLength(5);
});

// guarantee: corrupt-library
test.each([
  ["is empty", (file: string) => writeFileSync(file, "")],
  ["is missing", (file: string) => rmSync(file)],
])(
  "a library file that %s is a damaged library, not a new one, and a backup is restored without it",
  (reason, lose) => {
    const place = diedWith(3);
    lose(place.file);
    const before = readdirSync(join(place.directory, "backups"));
    for (let n = 0; n < 4; n++)
      expect(() => openStore(place)).toThrow(
        expect.objectContaining({
          code: "library-damaged",
          message: expect.stringMatching(new RegExp(`^${place.file} .*it ${reason}.*semblance restore`)) as string,
        }) as Error,
      );
    expect(readdirSync(join(place.directory, "backups"))).toEqual(before);
    rmSync(join(place.directory, "cache.db")); // the backups alone tell as well
    expect(refused(place)).toBe("library-damaged");
    const [{ copy }] = backupsOf(place.home, place.folder);
    expect(restoreLibrary({ ...place, copy })).toMatchObject({
      verdicts: 1,
      takenOver: 0,
      lost: null,
      aside: reason === "is missing" ? null : (expect.stringContaining("damaged-") as string),
    });
    expect(currentAnnotations(opened(place))).toHaveLength(1);
  },
);

// guarantee: corrupt-library
test("where only the cache is left, the library is damaged too; it can be started empty", () => {
  const place = diedWith(1);
  rmSync(place.file);
  rmSync(join(place.directory, "backups"), { recursive: true });
  expect(refused(place)).toBe("library-damaged");
  expect(backupsOf(place.home, place.folder)).toEqual([]);
  expect(restoreLibrary({ ...place, copy: null })).toMatchObject({ verdicts: 0, aside: null });
  expect(currentAnnotations(opened(place))).toEqual([]);
});

// guarantee: corrupt-library
test("the log of a missing library file is set aside, so that SQLite doesn't apply it to the restored one", () => {
  const place = diedWith(1);
  const store = openStore(place);
  annotate(store, { photos: [7, 8, 9], label: "own:Rex", verdict: "accept", name: "Rex" });
  const log = readFileSync(`${place.file}-wal`);
  closeStore(store);
  rmSync(place.file);
  writeFileSync(`${place.file}-wal`, log);
  const [{ copy }] = backupsOf(place.home, place.folder);
  const { aside } = restoreLibrary({ ...place, copy });
  expect(readFileSync(join(aside!, "library.db-wal"))).toEqual(log);
  const restored = opened(place);
  expect(restored.db.pragma("integrity_check", { simple: true })).toBe("ok");
});

// guarantee: one-process
test("a library that is open elsewhere, or that doesn't exist, is not restored", () => {
  const place = diedWith(1);
  const store = openStore(place);
  const [{ copy }] = backupsOf(place.home, place.folder);
  expect(() => restoreLibrary({ ...place, copy })).toThrow(
    expect.objectContaining({ code: "library-locked" }) as Error,
  );
  closeStore(store);
  const nowhere = { home: temporaryFolder(), folder: temporaryFolder() };
  expect(() => restoreLibrary({ ...nowhere, copy: null })).toThrow(
    expect.objectContaining({ code: "no-library" }) as Error,
  );
});

// guarantee: corrupt-library
test.each([
  ["overwritten", (file: string) => writeFileSync(file, "no database ".repeat(2000))],
  ["emptied", (file: string) => writeFileSync(file, "")],
  ["deleted", (file: string) => rmSync(file)],
])(
  "through the engine: a library whose file was %s is refused, its backups are listed, and it opens once one is restored",
  async (_, harm) => {
    const place = diedWith(2);
    harm(place.file);
    const { api, idle } = await openEngine(place.home);
    await expect(api.openLibrary({ folder: place.folder })).rejects.toMatchObject({ code: "library-damaged" });
    expect((await api.welcome()).damaged).toMatchObject({
      folder: place.folder,
      message: expect.stringContaining(place.file) as string,
    });
    const [{ copy }] = await api.libraryBackups({ folder: place.folder });
    await api.restoreLibrary({ folder: place.folder, copy });
    expect((await api.openLibrary({ folder: place.folder })).verdicts).toBe(1);
    expect((await api.welcome()).damaged).toBeNull();
    await idle();
  },
);

// guarantee: corrupt-library
test("started with a damaged library, the program lets its window deal with it; if the library is open elsewhere, the program ends", async () => {
  const place = diedWith(2);
  const start = () =>
    serveWindow({
      create: (emit) => createSemblance({ home: place.home, folderDialog: false, emit }),
      folder: place.folder,
    });
  writeFileSync(place.file, "no database ".repeat(2000));
  const { newAddress, close } = await start();
  const url = newAddress();
  const { token } = await exchangeCode(url);
  const reply = await fetch(new URL("/api", url), {
    method: "POST",
    headers: { "x-semblance-token": token },
    body: JSON.stringify({ name: "welcome", args: [] }),
  });
  expect(await reply.json()).toMatchObject({ ok: true, value: { damaged: { folder: place.folder } } });
  await close();
  restoreLibrary({ ...place, copy: backupsOf(place.home, place.folder)[0].copy });
  opened(place);
  await expect(start()).rejects.toMatchObject({ code: "library-locked" });
});

// guarantee: backups
test("a backup left incomplete by a process is not listed, and is deleted with the next backup", () => {
  const place = diedWith(1);
  const backups = join(place.directory, "backups");
  mkdirSync(backups, { recursive: true });
  writeFileSync(join(backups, "library-exit-2026-01-01T00-00-00-000Z.db.tmp"), "half");
  expect(backupsOf(place.home, place.folder)).toHaveLength(1);
  const store = openStore(place);
  annotate(store, { photos: [5], label: "own:Rex", verdict: "reject", name: "Rex" });
  closeStore(store);
  expect(readdirSync(backups).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(existsSync(place.file)).toBe(true);
});
