import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { listBackups } from "../../src-main/store/backup";
import { closeStore, openStore } from "../../src-main/store/database";
import { countFeatures, storeFeatures } from "../../src-main/store/features";
import { forgetLibrary, libraryDirectory, recentLibraries } from "../../src-main/store/home";
import { LIBRARY_STEPS, migrate, schemaOf } from "../../src-main/store/migrate";
import { changeSettings, DEFAULT_SETTINGS, settingsOf } from "../../src-main/store/settings";
import { undo } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

const CHILD = new URL("../fixtures/annotate-until-killed.ts", import.meta.url).pathname;
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;

function judging(home: string, folder: string): ChildProcess {
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--experimental-transform-types", "--import", RESOLVE, CHILD, home, folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function libraryOf(photos: number): { home: string; folder: string } {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const store = openStore(place);
  addMockPhotos(store, photos);
  closeStore(store);
  return place;
}

// guarantee: one-process
test("a library that another process has open is refused", async () => {
  const place = libraryOf(1);
  const child = judging(place.home, place.folder);
  await Promise.race([once(child.stdout!, "data"), once(child, "close")]);
  expect(child.exitCode).toBeNull();
  expect(() => openStore(place)).toThrow(expect.objectContaining({ code: "library-locked" }) as Error);
  child.kill("SIGKILL");
  await once(child, "close");
  closeStore(openStore(place));
});

// guarantee: one-process
test("two libraries can be open at once, but not the same one twice", () => {
  const home = temporaryFolder();
  const [a, b] = [temporaryFolder(), temporaryFolder()].map((folder) => openStore({ home, folder }));
  expect(() => openStore({ home, folder: a.folder })).toThrow("already open in another Semblance");
  expect(readdirSync(join(home, "libraries"))).toHaveLength(2);
  closeStore(a);
  closeStore(openStore({ home, folder: a.folder }));
  closeStore(b);
});

test("a path that is not a folder is refused, naming it", () => {
  const home = temporaryFolder();
  const file = join(home, "file.txt");
  writeFileSync(file, "");
  expect(() => openStore({ home, folder: join(home, "nowhere") })).toThrow(
    `There is no folder ${join(home, "nowhere")}.`,
  );
  expect(() => openStore({ home, folder: file })).toThrow(expect.objectContaining({ code: "no-folder" }) as Error);
});

// guarantee: migrations
test.each(LIBRARY_STEPS.map((step, i) => [i + 1, step.name] as const).slice(0, -1))(
  "a library of schema %i (%s) is migrated without losing anything, and is backed up first",
  (schema) => {
    const place = { home: temporaryFolder(), folder: temporaryFolder() };
    const directory = libraryDirectory(place.home, place.folder);
    mkdirSync(directory, { recursive: true });
    const old = new Database(join(directory, "library.db"));
    migrate(old, LIBRARY_STEPS.slice(0, schema));
    old
      .prepare("INSERT INTO photo (hash, bytes, dated, added_at) VALUES (?, 1, '2020-01-01T00:00:00', 1)")
      .run(Buffer.alloc(32, 7));
    old.close();

    const store = openStore(place);
    expect(schemaOf(store.db)).toBe(LIBRARY_STEPS.length);
    expect(store.db.prepare("SELECT dated FROM photo").pluck().all()).toEqual(["2020-01-01T00:00:00"]);
    annotate(store, { photos: [1], label: "own:dog", verdict: "accept", name: "dog" });
    closeStore(store);

    const [backup] = readdirSync(join(directory, "backups")).filter((name) => name.includes("migration"));
    const before = new Database(join(directory, "backups", backup), { readonly: true });
    expect(schemaOf(before)).toBe(schema);
    before.close();
  },
);

// guarantee: migrations
test("a library of a newer version is refused and left unchanged", () => {
  const place = libraryOf(3);
  const file = join(libraryDirectory(place.home, place.folder), "library.db");
  const newer = new Database(file);
  newer.pragma(`user_version = ${LIBRARY_STEPS.length + 1}`);
  newer.close();
  expect(() => openStore(place)).toThrow(expect.objectContaining({ code: "library-newer" }) as Error);
  const still = new Database(file, { readonly: true });
  expect(schemaOf(still)).toBe(LIBRARY_STEPS.length + 1);
  still.close();
});

// guarantee: migrations
test.each([
  ["library.db got a new mark and knows the previous one: the cache is kept", true],
  ["the cache has neither mark: it is recreated", false],
] as const)("killed while opening: %s", (_, known) => {
  const place = libraryOf(2);
  const directory = libraryDirectory(place.home, place.folder);
  let store = openStore(place);
  storeFeatures(store, "v", [one]);
  closeStore(store);
  const main = new Database(join(directory, "library.db"));
  if (known)
    main.exec("UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'session') WHERE key = 'session before'");
  main.exec("UPDATE meta SET value = 'new' WHERE key = 'session'");
  main.close();
  store = openStore(place);
  expect(countFeatures(store, "v")).toBe(known ? 1 : 0);
  closeStore(store);
});

// guarantee: backups
test("a backup is made at every exit with changes, and three are kept", () => {
  const place = libraryOf(5);
  const backups = join(libraryDirectory(place.home, place.folder), "backups");
  for (let i = 0; i < 5; i++) {
    const store = openStore(place);
    annotate(store, { photos: [i + 1], label: "own:dog", verdict: "accept", name: "dog" });
    closeStore(store);
  }
  const copies = readdirSync(backups).sort();
  expect(copies).toHaveLength(3);
  const latest = new Database(join(backups, copies[2]), { readonly: true });
  expect(latest.prepare("SELECT count(*) FROM standing").pluck().get()).toBe(5);
  latest.close();
  closeStore(openStore(place));
  expect(readdirSync(backups).sort()).toEqual(copies);
});

// guarantee: clock
test("setting the clock back by years neither deletes the latest backup nor brings back an older verdict", () => {
  const place = libraryOf(6);
  const backups = join(libraryDirectory(place.home, place.folder), "backups");
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    for (const [i, year] of [2031, 2033, 2035, 2019, 2018].entries()) {
      vi.setSystemTime(new Date(`${year}-06-01T12:00:00Z`));
      const store = openStore(place);
      annotate(store, { photos: [1], label: "own:dog", verdict: i % 2 === 0 ? "accept" : "reject", name: "dog" });
      annotate(store, { photos: [i + 2], label: "own:dog", verdict: "accept", name: "dog" });
      closeStore(store);
    }
    expect(listBackups(join(backups, "..")).map(({ at, verdicts }) => [at.slice(0, 4), verdicts])).toEqual([
      ["2018", 6],
      ["2019", 5],
      ["2035", 4],
    ]);
    const store = openStore(place);
    // from 2018, given last
    expect(currentAnnotations(store).find(({ photo }) => photo === 1)).toMatchObject({ verdict: "accept" });
    undo(store);
    undo(store);
    // from 2019
    expect(currentAnnotations(store).find(({ photo }) => photo === 1)).toMatchObject({ verdict: "reject" });
    closeStore(store);
  } finally {
    vi.useRealTimers();
  }
});

const one = {
  photo: 1,
  feature: new Float32Array([1, 2]),
  classes: new Uint16Array([3]),
  probabilities: new Float32Array([1]),
};

test("features survive a restart, but not a library.db restored from a backup", () => {
  const place = libraryOf(2);
  const directory = libraryDirectory(place.home, place.folder);
  let store = openStore(place);
  storeFeatures(store, "v", [one]);
  closeStore(store);
  store = openStore(place);
  expect(countFeatures(store, "v")).toBe(1);
  closeStore(store);
  const [copy] = readdirSync(join(directory, "backups"));
  copyFileSync(join(directory, "backups", copy), join(directory, "library.db"));
  store = openStore(place);
  expect(countFeatures(store, "v")).toBe(0);
  closeStore(store);
});

// guarantee: corrupt-cache
test("a damaged cache is recreated", () => {
  const place = libraryOf(2);
  writeFileSync(join(libraryDirectory(place.home, place.folder), "cache.db"), "no database at all ".repeat(100));
  const store = openStore(place);
  storeFeatures(store, "v", [one]);
  expect(countFeatures(store, "v")).toBe(1);
  closeStore(store);
});

test("each library has its own settings, which survive a restart", () => {
  const place = libraryOf(0);
  let store = openStore(place);
  expect(settingsOf(store)).toEqual(DEFAULT_SETTINGS);
  changeSettings(store, { threshold: 0.3, excludedFolders: ["a b", "ü"] });
  closeStore(store);
  store = openStore(place);
  expect(settingsOf(store)).toEqual({ ...DEFAULT_SETTINGS, threshold: 0.3, excludedFolders: ["a b", "ü"] });
  closeStore(store);
});

test("recent libraries are listed latest first, until they are forgotten; a damaged list is set aside", () => {
  const home = temporaryFolder();
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  for (const folder of [a, b, a]) closeStore(openStore({ home, folder }));
  expect(recentLibraries(home)).toMatchObject([{ folder: a, exists: true, photos: 0 }, { folder: b }]);
  forgetLibrary(home, a);
  expect(recentLibraries(home).map(({ folder }) => folder)).toEqual([b]);
  expect(existsSync(libraryDirectory(home, a))).toBe(true);
  writeFileSync(join(home, "recent.json"), "[{");
  expect(recentLibraries(home)).toEqual([]);
  expect(readFileSync(join(home, "recent.json.damaged"), "utf8")).toBe("[{");
});
