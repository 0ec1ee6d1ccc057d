import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { closeStore, openStore } from "../../src-main/store/database";
import { annotate, countVerdicts, currentAnnotations } from "../../src-main/store/verdicts";
import { openEngine } from "../fixtures/open-engine";
import { addMockPhotos, paint, temporaryFolder } from "../fixtures/photo-folder";

/** A small disk of its own, gone when the test ends; null where the system lets nobody make one. */
function smallDisk(megabytes: number): string | null {
  const folder = temporaryFolder();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "semblance-test", folder]).status !== 0)
    return null;
  onTestFinished(() => void spawnSync("umount", ["-l", folder]));
  return folder;
}

/** Fills what room there is. @returns what makes room again */
function fill(disk: string): () => void {
  const file = join(disk, "ballast");
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
  return () => rmSync(file);
}

const NO_DISK = "a disk of a few megabytes can only be made by root on Linux";

// guarantee: full-disk
test("on a full disk nothing is acknowledged that is not stored, it is said in words, and work goes on by itself when there is room", async ({
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
    message: expect.stringContaining(`The disk is full: nothing more can be stored in ${home}`) as string,
  });
  expect((await engine.api.library())!.verdicts).toBe(acknowledged);
  expect(engine.of("disk")).toEqual([{ fault: refusal.message }]);
  await expect(engine.api.tryDisk()).rejects.toMatchObject({ code: "disk-full" });
  expect((await engine.picture(photos[0], "thumbnail")).bytes.length).toBeGreaterThan(0); // looking goes on

  await paint(join(folder, "late.jpg"), 9);
  makeRoom();
  await engine.until("disk", ({ fault }) => fault === null); // it looks by itself
  await engine.until("library", (info) => info.photos === 5);
  await engine.api.annotate({ photos: [photos[0]], label: "own:there is room", verdict: "accept" });
  await engine.idle();
  await engine.close();
  const store = openStore({ home, folder });
  expect(countVerdicts(store)).toBe(acknowledged + 1);
  // There was never room to spare: what is left is held back for what can't be made again.
  expect(store.db.prepare("SELECT count(*) FROM cache.thumbnail").pluck().get()).toBe(0);
  expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
  closeStore(store);
}, 120_000);

// guarantee: backups
test("a library is let go also where the disk takes no copy of it, and nothing half is left among the copies", ({
  skip,
}) => {
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

test("a data folder that can't be written to is refused by its path", ({ skip }) => {
  const disk = smallDisk(8);
  if (disk === null) return skip(NO_DISK);
  const folder = temporaryFolder();
  closeStore(openStore({ home: disk, folder }));
  expect(spawnSync("mount", ["-o", "remount,ro", disk]).status).toBe(0);
  for (const photos of [folder, temporaryFolder()])
    expect(() => openStore({ home: disk, folder: photos })).toThrow(
      expect.objectContaining({
        code: "data-folder-closed",
        message: expect.stringContaining(`${disk}, where libraries are kept, can't be written to`) as string,
      }) as Error,
    );
});

// guarantee: offline-not-deleted
test("a folder that vanishes during a scan ends it with the reason, and no photo is marked as gone", async () => {
  const folder = join(temporaryFolder(), "drive");
  for (let photo = 0; photo < 12; photo++) await paint(join(folder, `${photo % 4}/${photo}.jpg`), photo, 16, 16);
  const store = openStore({ home: temporaryFolder(), folder });
  onTestFinished(() => closeStore(store));
  const present = () => store.db.prepare("SELECT count(*) FROM photo WHERE files > 0").pluck().get();
  for await (const _ of scan(store));
  expect(present()).toBe(12);

  // Away before it is walked through, and while it is: what was looked at already then makes no difference.
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
test("where a drive was mounted an empty folder stays: its photos are not gone, and show again when it is back, also while the library is open", async ({
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
  expect(message).toContain(`${folder} is empty, and lies on another disk`);
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
  mount(); // the originals are looked at once more
}, 60_000);

test("a folder that was emptied on its own disk has no photos any more", async () => {
  const folder = temporaryFolder();
  await paint(join(folder, "a.jpg"), 1);
  const store = openStore({ home: temporaryFolder(), folder });
  onTestFinished(() => closeStore(store));
  for await (const _ of scan(store));
  rmSync(join(folder, "a.jpg"));
  for await (const _ of scan(store));
  expect(store.db.prepare("SELECT count(*) FROM photo WHERE files > 0").pluck().get()).toBe(0);
});

/** A signal that nobody aborts, but that pulls the drive out at the n-th time the scan asks it. */
function pulledAfter(times: number, pull: () => void): AbortSignal {
  const { signal } = new AbortController();
  let asked = 0;
  return Object.assign(Object.create(signal) as AbortSignal, {
    throwIfAborted() {
      if (asked++ === times) pull();
    },
  });
}
