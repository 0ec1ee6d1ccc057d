import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { libraryDirectory } from "../../src-main/store/home";
import { spoil, writeByAnother } from "../fixtures/damage-database";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

/** An open library of three labelled photos, with one verdict in its backup and one that no backup has. */
async function openWithVerdicts(): Promise<{ engine: Engine; folder: string; directory: string }> {
  const folder = temporaryFolder();
  for (let i = 0; i < 3; i++) await paint(join(folder, `${i}.jpg`), i);
  const engine = await openEngine();
  const { api, idle } = engine;
  await api.openLibrary({ folder });
  await api.changeSettings({ threshold: 0 }); // painted squares get no confident label
  await idle();
  await api.annotate({ photos: [1], label: "own:Rex", verdict: "accept" });
  await idle();
  await api.closeLibrary();
  await api.openLibrary({ folder });
  await idle();
  await api.annotate({ photos: [2], label: "own:Rex", verdict: "accept" });
  await idle();
  return { engine, folder, directory: libraryDirectory(engine.home, folder) };
}

// guarantee: corrupt-while-open
test("a library that is damaged while open is closed and reported; a backup replaces it, and newer verdicts are recovered", async () => {
  const {
    engine: { api, until, idle },
    folder,
    directory,
  } = await openWithVerdicts();
  spoil(join(directory, "library.db"), "photo");
  writeByAnother(join(directory, "library.db"));
  await expect(api.photo({ photo: 1 })).rejects.toMatchObject({ code: "library-damaged" });
  const received = await until("damaged", () => true);
  expect(received.folder).toBe(folder);
  expect(received.message).toContain(join(directory, "library.db"));
  expect(await api.library()).toBeNull();
  const [{ copy, verdicts }] = await api.libraryBackups({ folder });
  expect(verdicts).toBe(1);
  expect(await api.restoreLibrary({ folder, copy })).toMatchObject({ verdicts: 2, takenOver: 1, lost: 0 });
  expect(await api.openLibrary({ folder })).toMatchObject({ photos: 3, verdicts: 2 });
  await idle();
});

// guarantee: corrupt-cache
test("a cache that is damaged while open is recreated automatically, and verdicts stay", async () => {
  const {
    engine: { api, until, of, idle },
    folder,
    directory,
  } = await openWithVerdicts();
  spoil(join(directory, "cache.db"), "prediction");
  writeByAnother(join(directory, "cache.db"));
  await expect(api.photo({ photo: 1 })).rejects.toMatchObject({ code: "library-damaged" });
  await until("library", ({ notices }) => notices.some((notice) => notice.includes("is being rebuilt")));
  await idle();
  expect(of("damaged")).toEqual([]);
  expect(await api.library()).toMatchObject({ folder, photos: 3, embedded: 3, verdicts: 2 });
  expect((await api.photo({ photo: 1 })).labels.length).toBeGreaterThan(0);
});

// guarantee: corrupt-cache
test("a cache damaged anywhere while closed is recreated at the next opening, or at the latest when the damage is met", async () => {
  const {
    engine: { api, of, idle, until },
    folder,
    directory,
  } = await openWithVerdicts();
  const cache = join(directory, "cache.db");
  const tables = (() => {
    const db = new Database(cache, { readonly: true });
    const names = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .pluck()
      .all() as string[];
    db.close();
    return names;
  })();
  expect(tables).toContain("feature");
  for (const table of tables) {
    await api.closeLibrary();
    spoil(cache, table);
    await api.openLibrary({ folder });
    await idle();
    // What a user would run into.
    for (const look of [() => api.photo({ photo: 1 }), () => api.makeEmbeddingMap(), () => api.findDuplicates()]) {
      await look().catch((error: unknown) => {
        expect(error, table).toMatchObject({
          code: expect.stringMatching(/^(library-damaged|no-library|busy)$/) as string,
        });
      });
      await idle();
    }
    await until("library", (info) => info.embedded === 3);
    await idle();
    expect(await api.library(), table).toMatchObject({ folder, photos: 3, embedded: 3, labelled: 3, verdicts: 2 });
  }
  expect(of("damaged")).toEqual([]);
}, 120_000);
