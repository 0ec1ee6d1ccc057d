import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { backUp, listBackups } from "../../src-main/store/backup";
import { boxChange, recordBoxes } from "../../src-main/store/box-verdicts";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { markPhotos } from "../../src-main/store/marks";
import { LIBRARY_STEPS, migrate } from "../../src-main/store/migrate";
import { backupsOf, restoreLibrary } from "../../src-main/store/restore";
import { annotate } from "../../src-main/store/verdicts";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

const DAY_MS = 86_400_000;
/** A Wednesday. */
const TODAY = Date.UTC(2026, 6, 15, 12);
const daysBefore = (days: number): string => new Date(TODAY - days * DAY_MS).toISOString().slice(0, 10);

/** Makes backups, and lists the days of those that are kept, latest first. */
function kept(times: number[], kind: "exit" | "migration"): string[] {
  const directory = temporaryFolder();
  const db = new Database(":memory:");
  migrate(db, LIBRARY_STEPS);
  for (const time of times) backUp(db, directory, kind, new Date(time));
  db.close();
  return listBackups(directory).map(({ at }) => at.slice(0, 10));
}

// guarantee: backups
test("of backups made twice a day for forty days, the last three, one a day for a week and one a week for a month are kept", () => {
  const times = Array.from({ length: 80 }, (_, n) => TODAY - (39.5 - n / 2) * DAY_MS);
  const days = kept(times, "exit");
  expect(days.slice(0, 3)).toEqual([daysBefore(0), daysBefore(0), daysBefore(1)]);
  for (let day = 0; day < 7; day++) expect(days).toContain(daysBefore(day));
  // the Sundays of the last month
  for (const sunday of [10, 17, 24]) expect(days).toContain(daysBefore(sunday));
  expect(days.at(-1)! >= daysBefore(31)).toBe(true);
  expect(days.length).toBeLessThanOrEqual(3 + 7 + 5);
});

// guarantee: backups
test("a program that is opened once a month keeps its last three backups; of those before a migration, three are kept whatever their age", () => {
  expect(
    kept(
      [200, 150, 100, 50, 40].map((days) => TODAY - days * DAY_MS),
      "exit",
    ),
  ).toEqual([40, 50, 100].map(daysBefore));
  expect(
    kept(
      [5, 4, 3, 2, 1].map((days) => TODAY - days * DAY_MS),
      "migration",
    ),
  ).toEqual([1, 2, 3].map(daysBefore));
});

function session(place: { home: string; folder: string }, photo: number): void {
  const store = openStore(place);
  if (store.db.prepare("SELECT 1 FROM photo").get() === undefined) addMockPhotos(store, 20);
  annotate(store, { photos: [photo], label: "own:Rex", verdict: "accept", name: "Rex" });
  closeStore(store);
}

// guarantee: backups
test("the latest backup with verdicts that the library lacks stays, however often the emptied library is opened", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: TODAY });
  try {
    const place = { home: temporaryFolder(), folder: temporaryFolder() };
    const directory = libraryDirectory(place.home, place.folder);
    for (const photo of [1, 2, 3]) session(place, photo);
    const [latest] = backupsOf(place.home, place.folder);
    expect(latest.verdicts).toBe(3);
    writeFileSync(join(directory, "library.db"), "no database ".repeat(2000));
    restoreLibrary({ ...place, copy: null });
    for (let day = 0; day < 60; day += 5) {
      vi.setSystemTime(TODAY + day * DAY_MS);
      session(place, 9 + day / 5);
    }
    const copies = backupsOf(place.home, place.folder);
    expect(copies.map(({ copy }) => copy)).toContain(latest.copy);
    expect(copies.filter(({ verdicts }) => verdicts === 3).map(({ copy }) => copy)).toEqual([latest.copy]);

    // Restored, the library has all of them, with those given since, and the backup can go.
    expect(restoreLibrary({ ...place, copy: latest.copy })).toMatchObject({ verdicts: 15, takenOver: 12, lost: 0 });
    for (const again of ["accept", "reject", "accept", "reject"] as const) {
      vi.setSystemTime(Date.now() + 50 * DAY_MS);
      const store = openStore(place);
      annotate(store, { photos: [1], label: "own:Rex", verdict: again, name: "Rex" });
      annotate(store, { photos: [2], label: "own:Rex", verdict: again, name: "Rex" });
      closeStore(store);
    }
    expect(readdirSync(join(directory, "backups"))).not.toContain(latest.copy);
  } finally {
    vi.useRealTimers();
  }
});

// guarantee: backups
test("a backup whose verdicts on boxes the library lacks stays, too", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: TODAY });
  try {
    const [directory, emptied] = [temporaryFolder(), new Database(":memory:")];
    migrate(emptied, LIBRARY_STEPS);
    const store = openStore({ home: temporaryFolder(), folder: temporaryFolder() });
    addMockPhotos(store, 1);
    const box = { photo: 1, label: "own:Rex", detector: "drawn", box: [0.1, 0.1, 0.4, 0.4] } as const;
    const judge = (verdict: "accept" | "clear") =>
      recordBoxes(store, [boxChange(box, verdict)], { description: verdict });
    const remaining = () => {
      for (let n = 1; n <= 5; n++) backUp(emptied, directory, "exit", new Date(TODAY + n * 50 * DAY_MS));
      return readdirSync(join(directory, "backups"));
    };
    const before = backUp(store.db, directory, "exit", new Date(TODAY - 2000));
    judge("accept");
    const copy = backUp(store.db, directory, "exit", new Date(TODAY - 1000));
    expect(remaining()).toContain(basename(copy));
    expect(remaining()).not.toContain(basename(before)); // it has no verdict

    // A library that went on from the backup can take all of them back.
    judge("clear");
    for (let n = 6; n <= 10; n++) backUp(store.db, directory, "exit", new Date(TODAY + n * 50 * DAY_MS));
    expect(readdirSync(join(directory, "backups"))).not.toContain(basename(copy));
    closeStore(store);
  } finally {
    vi.useRealTimers();
  }
});

// guarantee: backups
test("a backup whose flags, stars or colours the library lacks stays, too", () => {
  const [directory, emptied] = [temporaryFolder(), new Database(":memory:")];
  migrate(emptied, LIBRARY_STEPS);
  const store = openStore({ home: temporaryFolder(), folder: temporaryFolder() });
  addMockPhotos(store, 1);
  markPhotos(store, [1], { rating: 3 });
  const copy = basename(backUp(store.db, directory, "exit", new Date(TODAY - 1000)));
  const later = (db: Database.Database, from: number) => {
    for (let n = from; n < from + 5; n++) backUp(db, directory, "exit", new Date(TODAY + n * 50 * DAY_MS));
    return readdirSync(join(directory, "backups"));
  };
  expect(later(emptied, 1)).toContain(copy);
  markPhotos(store, [1], { rating: 0 });
  expect(later(store.db, 6)).not.toContain(copy); // it can take the stars back itself
  closeStore(store);
});
