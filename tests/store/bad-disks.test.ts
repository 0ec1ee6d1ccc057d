import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { closeStore, openStore } from "../../src-main/store/database";
import { annotate, countVerdicts, currentAnnotations } from "../../src-main/store/verdicts";
import { openEngine } from "../fixtures/open-engine";
import { addMockPhotos, paint, temporaryFolder } from "../fixtures/photo-folder";
import { NO_DISK, smallDisk } from "../fixtures/small-disk";

/**
 * Uses up all free space.
 * @returns a function that frees some
 */
function fill(disk: string): () => void {
  const file = join(disk, "ballast");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return () => rmSync(file);
}

// guarantee: full-disk
test("on a full disk nothing is confirmed that isn't stored, the error says so, and work resumes once there is space", async ({
  skip,
}) => {
  const disk = smallDisk(24);
  if (disk === null) return skip(NO_DISK);
  const folder = temporaryFolder();
  for (let photo = 0; photo < 4; photo++) await paint(join(folder, `${photo}.jpg`), photo);
  const home = join(disk, "home");
  mkdirSync(home);
  const engine = await openEngine(home);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  const { photos } = await engine.api.browse({ sort: "name", descending: false, group: "none" });
  const makeRoom = fill(disk);

  let acknowledged = 0;
  let refusal: { code?: string; message?: string } = {};
  for (let n = 0; n < 4000 && refusal.code === undefined; n++) {
    try {
      await engine.api.annotate({
        photos: [photos[n % 4]],
        label: `own:${"long name ".repeat(15)}${n}`,
        verdict: "accept",
      });
      acknowledged++;
    } catch (error) {
      refusal = error as typeof refusal;
    }
  }
  expect(refusal).toMatchObject({
    code: "disk-full",
    message: expect.stringContaining(`The disk is full. Free some space on the disk of ${home}`) as string,
  });
  expect((await engine.api.library())!.verdicts).toBe(acknowledged);
  expect(engine.of("disk")).toEqual([{ fault: refusal.message }]);
  await expect(engine.api.tryDisk()).rejects.toMatchObject({ code: "disk-full" });
  expect((await engine.picture(photos[0], "thumbnail")).bytes.length).toBeGreaterThan(0); // reading still works

  await paint(join(folder, "late.jpg"), 9);
  makeRoom();
  await engine.until("disk", ({ fault }) => fault === null); // it checks automatically
  await engine.until("library", (info) => info.photos === 5);
  await engine.api.annotate({ photos: [photos[0]], label: "own:there is room", verdict: "accept" });
  await engine.idle();
  await engine.close();
  const store = openStore({ home, folder });
  expect(countVerdicts(store)).toBe(acknowledged + 1);
  // There was little space from the start: the rest is reserved for what can't be computed again.
  expect(store.db.prepare("SELECT count(*) FROM cache.thumbnail").pluck().get()).toBe(0);
  expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
  closeStore(store);
}, 120_000);

// guarantee: backups
test("a library closes even if the disk has no room for its backup, and no partial backup remains", ({ skip }) => {
  const disk = smallDisk(8);
  if (disk === null) return skip(NO_DISK);
  const place = { home: join(disk, "home"), folder: temporaryFolder() };
  const store = openStore(place);
  const photos = addMockPhotos(store, 3000);
  annotate(store, { photos, label: "own:Rex", verdict: "accept", name: "Rex" });
  const makeRoom = fill(disk);
  expect(() => closeStore(store)).toThrow(expect.objectContaining({ code: "disk-full" }) as Error);
  makeRoom();
  const again = openStore(place);
  expect(currentAnnotations(again)).toHaveLength(3000);
  closeStore(again);
});

test("a read-only data folder is refused, naming its path", ({ skip }) => {
  const disk = smallDisk(8);
  if (disk === null) return skip(NO_DISK);
  const folder = temporaryFolder();
  closeStore(openStore({ home: disk, folder }));
  expect(spawnSync("mount", ["-o", "remount,ro", disk]).status).toBe(0);
  for (const photos of [folder, temporaryFolder()])
    expect(() => openStore({ home: disk, folder: photos })).toThrow(
      expect.objectContaining({
        code: "data-folder-closed",
        message: expect.stringContaining(`Can’t write to ${disk}, where Semblance keeps its libraries`) as string,
      }) as Error,
    );
});

// guarantee: offline-not-deleted
test("a folder that disappears during a scan ends it with an error, and no photo is marked as missing", async () => {
  const folder = join(temporaryFolder(), "drive");
  for (let photo = 0; photo < 12; photo++) await paint(join(folder, `${photo % 4}/${photo}.jpg`), photo, 16, 16);
  const store = openStore({ home: temporaryFolder(), folder });
  onTestFinished(() => closeStore(store));
  const present = () => store.db.prepare("SELECT count(*) FROM photo WHERE files > 0").pluck().get();
  for await (const _ of scan(store));
  expect(present()).toBe(12);

  // Offline before the walk, and during it: files that were already checked must make no difference.
  for (const looked of [0, 1, 5]) {
    let found = 0;
    const vanishing = async () => {
      for await (const _ of scan(store, {
        signal: pulledAfter(looked, () => {
          found++;
          renameSync(folder, `${folder} pulled`);
        }),
      }));
    };
    await expect(vanishing()).rejects.toMatchObject({
      code: "no-folder",
      message: expect.stringContaining(folder) as string,
    });
    expect(found).toBe(1);
    expect(present()).toBe(12);
    renameSync(`${folder} pulled`, folder);
  }
  for await (const _ of scan(store));
  expect(present()).toBe(12);
});

// guarantee: offline-not-deleted
test("an empty mount point does not make photos missing: they show again when the volume is back, even while the library is open", async ({
  skip,
}) => {
  const drive = smallDisk(8);
  if (drive === null) return skip(NO_DISK);
  for (let photo = 0; photo < 3; photo++) await paint(join(drive, `${photo}.jpg`), photo);
  const folder = temporaryFolder();
  const mount = () => {
    expect(spawnSync("mount", ["--bind", drive, folder]).status).toBe(0);
  };
  const unmount = () => {
    expect(spawnSync("umount", ["-l", folder]).status).toBe(0);
  };
  mount();
  onTestFinished(() => void spawnSync("umount", ["-l", folder]));
  const { api, idle, until, of } = await openEngine();
  await api.openLibrary({ folder });
  await idle();

  unmount();
  const { message } = await until("job", ({ kind, state }) => kind === "scan" && state === "failed");
  expect(message).toContain(`${folder} is empty, and the drive that its photos are on seems to be offline`);
  expect(await api.library()).toMatchObject({ photos: 3, embedded: 3 });
  mount();
  await paint(join(folder, "new.jpg"), 9);
  await until("library", ({ photos }) => photos === 4);
  await idle();
  await api.closeLibrary();

  unmount();
  expect(await api.openLibrary({ folder })).toMatchObject({ photos: 4 });
  await idle();
  expect(of("job").filter(({ kind, state }) => kind === "scan" && state === "failed")).toHaveLength(2);
  expect(await api.library()).toMatchObject({ photos: 4 });
  mount(); // the originals are read again
}, 60_000);

test("a folder that was emptied on the same volume has no photos any more", async () => {
  const folder = temporaryFolder();
  await paint(join(folder, "a.jpg"), 1);
  const store = openStore({ home: temporaryFolder(), folder });
  onTestFinished(() => closeStore(store));
  for await (const _ of scan(store));
  rmSync(join(folder, "a.jpg"));
  for await (const _ of scan(store));
  expect(store.db.prepare("SELECT count(*) FROM photo WHERE files > 0").pluck().get()).toBe(0);
});

/** A signal that is never aborted, but that removes the folder when the scan checks it for the n-th time. */
function pulledAfter(times: number, pull: () => void): AbortSignal {
  const { signal } = new AbortController();
  let asked = 0;
  return Object.assign(Object.create(signal) as AbortSignal, {
    throwIfAborted() {
      if (asked++ === times) pull();
    },
  });
}
