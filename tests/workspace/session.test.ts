import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { photoDetails } from "../../src-main/store/photos";
import { labelsOfPhoto } from "../../src-main/store/predictions";
import { createSession, type Session } from "../../src-main/workspace/session";
import { damagedLibraryOf, type StateName } from "../../src-main/workspace/session-state";
import type { DamagedLibrary } from "../../src-shared/contract";
import { spoil, writeByAnother } from "../fixtures/damage-database";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

interface Watched {
  session: Session;
  home: string;
  /** All libraries that the window was told are damaged. */
  reported: DamagedLibrary[];
}

function startSession(): Watched {
  const home = temporaryFolder();
  const reported: DamagedLibrary[] = [];
  const session = createSession(home, (event, payload) => {
    if (event === "damaged") reported.push(payload as DamagedLibrary);
  });
  onTestFinished(async () => {
    session.disk.stop();
    await session.close();
  });
  return { session, home, reported };
}

async function photoFolder(): Promise<string> {
  const folder = temporaryFolder();
  for (let i = 0; i < 3; i++) await paint(join(folder, `${i}.jpg`), i);
  return folder;
}

/** Opening begins in the next microtask, and may end before the next task. */
const begin = async (session: Session, folder: string) => {
  const opening = session.open(folder);
  await Promise.resolve();
  expect(session.state).toMatchObject({ name: "opening", folder });
  return { opening };
};
const until = async (session: Session, name: StateName) => {
  while (session.state.name !== name) await setImmediate();
};
const idle = async ({ jobs }: Session) => {
  while (jobs.list().some(({ state }) => state === "running" || state === "paused")) await setTimeout(10);
};
const openPath = (session: Session) => session.openOrNull()?.library.store.folder ?? null;

/** Meets damage in several calls at once, as tiles on screen do. */
function meet(session: Session, read: () => unknown): void {
  for (let call = 0; call < 3; call++) {
    let met: unknown;
    try {
      read();
    } catch (error) {
      met = session.disk.explain(error);
    }
    expect(met).toMatchObject({ code: "library-damaged" });
  }
}

test("a session opens, stays open while another folder is opened, and closes", async () => {
  const { session } = startSession();
  const [a, b] = [await photoFolder(), await photoFolder()];
  expect(session.state).toEqual({ name: "closed" });
  const { opening: first } = await begin(session, a);
  expect(session.state).toMatchObject({ before: { name: "closed" } });
  expect(openPath(session)).toBeNull();
  expect(await first).toMatchObject({ folder: a });
  expect(session.state.name).toBe("open");
  await idle(session);
  const before = session.library().store;

  const { opening: second } = await begin(session, b);
  expect(openPath(session)).toBe(a);
  expect(photoDetails(session.library().store, 1)).not.toBeNull(); // still answered
  expect(await second).toMatchObject({ folder: b });
  expect([session.state.name, openPath(session), before.db.open]).toEqual(["open", b, false]);
  const opened = session.openOrNull();
  await session.open(b);
  expect(session.openOrNull()).toBe(opened); // the same folder isn't opened twice

  await session.close();
  expect(session.state).toEqual({ name: "closed" });
  await session.close();
  expect(session.state).toEqual({ name: "closed" });
});

test("a folder that can't be opened leaves the session as it was; a damaged library is reported", async () => {
  const { session, home, reported } = startSession();
  const missing = join(temporaryFolder(), "none");
  await expect(session.open(missing)).rejects.toMatchObject({ code: "no-folder" });
  expect(session.state).toEqual({ name: "closed" });
  const [a, c] = [await photoFolder(), await photoFolder()];
  closeStore(openStore({ home, folder: c }));
  writeFileSync(join(libraryDirectory(home, c), "library.db"), "no database ".repeat(2000));
  await expect(session.open(c)).rejects.toMatchObject({ code: "library-damaged" });
  expect(session.state).toMatchObject({ name: "damaged", damaged: { folder: c } });

  await session.open(a);
  const open = session.openOrNull();
  expect(damagedLibraryOf(session.state)).toBeNull();
  await expect(session.open(missing)).rejects.toMatchObject({ code: "no-folder" });
  expect(damagedLibraryOf(session.state)).toBeNull();
  await expect(session.open(c)).rejects.toMatchObject({ code: "library-damaged" });
  expect(session.openOrNull()).toBe(open);
  expect(session.state).toMatchObject({ name: "open", damaged: { folder: c } });
  await session.close();
  expect(session.state).toMatchObject({ name: "damaged", damaged: { folder: c } });
  expect(reported).toEqual([]); // the caller of open got the error
});

test("if the library before can't be closed, the next one is let go too, and both can be opened again", async () => {
  const { session, home } = startSession();
  const [a, b] = [await photoFolder(), await photoFolder()];
  await session.open(a);
  await idle(session);
  const backups = join(libraryDirectory(home, a), "backups");
  writeFileSync(backups, "in the way of a backup");
  await expect(session.open(b)).rejects.toThrow(backups);
  expect(session.state).toEqual({ name: "closed" });
  rmSync(backups);
  expect(await session.open(b)).toMatchObject({ folder: b });
  expect(await session.open(a)).toMatchObject({ folder: a });
});

test("a library found damaged while it is closed is reported, not the one that was to be opened", async () => {
  const { session, home } = startSession();
  const [a, b] = [await photoFolder(), await photoFolder()];
  await session.open(a);
  await idle(session);
  const file = join(libraryDirectory(home, a), "library.db");
  spoil(file, "photo");
  writeByAnother(file);
  await expect(session.open(b)).rejects.toMatchObject({ code: "library-damaged" });
  expect(session.state).toMatchObject({ name: "damaged", damaged: { folder: a } });
  expect(await session.open(b)).toMatchObject({ folder: b });
});

test("opening and closing take turns", async () => {
  const { session } = startSession();
  const [a, b] = [await photoFolder(), await photoFolder()];
  const [first, , last] = await Promise.all([session.open(a), session.close(), session.open(b)]);
  expect([first.folder, last.folder, openPath(session)]).toEqual([a, b, b]);
  await Promise.all([session.open(a), session.close()]);
  expect(session.state).toEqual({ name: "closed" });
});

test("a damaged cache is rebuilt once; damage after that closes the library, which is reported once", async () => {
  const { session, home, reported } = startSession();
  const folder = await photoFolder();
  const cache = join(libraryDirectory(home, folder), "cache.db");
  await session.open(folder);
  await idle(session);
  const damage = () => {
    spoil(cache, "prediction");
    writeByAnother(cache);
    meet(session, () => labelsOfPhoto(session.library().store, 1));
  };

  const before = session.library();
  damage();
  await until(session, "mending");
  await until(session, "open");
  expect(session.state).toMatchObject({ isCacheRebuilt: true });
  expect(before.store.db.open).toBe(false);
  expect(before.caches.filled()).toEqual([]);
  expect(session.library().notices).toEqual([expect.stringContaining("is being rebuilt")]);
  await idle(session);
  const rebuilt = session.openOrNull();
  expect(labelsOfPhoto(session.library().store, 1)).toBeDefined();
  await setImmediate();
  expect(session.openOrNull()).toBe(rebuilt); // three calls met the damage, one rebuilt the cache
  expect(reported).toEqual([]);

  damage();
  await until(session, "mending");
  await until(session, "damaged");
  expect(openPath(session)).toBeNull();
  expect(rebuilt!.library.store.db.open).toBe(false);
  await session.close(); // after all that waits for its turn
  expect(reported).toEqual([{ folder, message: expect.stringContaining("damaged") as string }]);
  expect(damagedLibraryOf(session.state)).toEqual(reported[0]);

  expect(await session.open(folder)).toMatchObject({ folder, photos: 3 });
  expect(session.state).toMatchObject({ name: "open", isCacheRebuilt: false, damaged: null });
});

test("a library damaged beyond its cache is mended in vain, and reported", async () => {
  const { session, home, reported } = startSession();
  const folder = await photoFolder();
  const file = join(libraryDirectory(home, folder), "library.db");
  await session.open(folder);
  await idle(session);
  spoil(file, "photo");
  writeByAnother(file);
  meet(session, () => photoDetails(session.library().store, 1));
  await until(session, "mending");
  await until(session, "damaged");
  await session.close();
  expect(session.state).toMatchObject({ name: "damaged", damaged: { folder } });
  expect(reported).toEqual([damagedLibraryOf(session.state)]);
});

test("damage met in a library that was closed meanwhile is not mended", async () => {
  const { session, home, reported } = startSession();
  const [a, b] = [await photoFolder(), await photoFolder()];
  await session.open(a);
  await idle(session);
  const cache = join(libraryDirectory(home, a), "cache.db");
  spoil(cache, "prediction");
  writeByAnother(cache);
  const { opening: next } = await begin(session, b);
  meet(session, () => labelsOfPhoto(session.library().store, 1));
  await next;
  await idle(session);
  expect([session.state.name, openPath(session), reported]).toEqual(["open", b, []]);
  expect(session.state).toMatchObject({ isCacheRebuilt: false });
});
