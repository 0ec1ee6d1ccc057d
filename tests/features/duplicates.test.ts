import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { duplicates, findDuplicates } from "../../src-main/features/review/duplicates";
import { scan } from "../../src-main/folder/scan";
import { closeStore, type Store } from "../../src-main/store/database";
import { pathsOf } from "../../src-main/store/photos";
import { countSpread, spreadVerdicts } from "../../src-main/store/spread-verdicts";
import { undo, undoState } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { embedPhotos } from "../../src-main/workspace/embed-photos";
import { openFolder } from "../../src-main/workspace/open-folder";
import { addMockPhotos, emptyLibrary, temporaryFolder } from "../fixtures/photo-folder";
import { fromPixels, scene } from "../fixtures/scene";

const WIDTH = 720,
  HEIGHT = 540;
const photo = async (seed: number) => fromPixels(await scene(seed, WIDTH, HEIGHT), WIDTH, HEIGHT);
const taken = (second: string) => ({
  IFD0: { Make: "Semblance" },
  IFD2: { DateTimeOriginal: `2024:05:01 12:00:${second}` },
});

/** Opens a folder as the program does, with one call for each of its jobs. */
async function open(folder: string) {
  const { library, visual, dispose } = await openFolder(temporaryFolder(), folder);
  const jobs = createJobs(() => undefined);
  onTestFinished(async () => {
    await jobs.cancelAll();
    await dispose();
    closeStore(library.store);
  });
  const run = async (kind: "scan" | "embed", work: Parameters<typeof jobs.run>[1]) => {
    const { state, message } = await jobs.run(kind, work).finished;
    expect(state, message ?? "").toBe("done");
    return message;
  };
  return {
    library,
    look: () =>
      run("embed", async (job) => {
        for await (const batch of scan(library.store)) void batch;
        await embedPhotos(library.store, library.pack, await visual(), job, () => undefined);
      }),
    find: () => run("embed", (job) => findDuplicates(library, job)),
  };
}

const verdicts = (store: Store) =>
  currentAnnotations(store)
    .map(({ photo, label, verdict }) => `${photo} ${verdict} ${label}`)
    .toSorted();
const named = (store: Store, photos: number[]) => photos.map((of) => pathsOf(store, of)[0]);

test("finds copies and bursts, stores them with the library, and marks them stale when photos are added or removed", async () => {
  const folder = temporaryFolder();
  const first = await photo(1);
  await first.clone().jpeg({ quality: 92 }).toFile(join(folder, "first.jpg"));
  await first.clone().resize(360).jpeg().toFile(join(folder, "first small.jpg"));
  await first.clone().flop().blur(2).jpeg().toFile(join(folder, "first mirrored.jpg"));
  await (await photo(2)).jpeg().toFile(join(folder, "second.jpg"));
  await (await photo(3)).jpeg().withExif(taken("10")).toFile(join(folder, "shot 1.jpg"));
  await (
    await photo(3)
  )
    .extract({ left: 30, top: 0, width: 690, height: 540 })
    .blur(2.5)
    .jpeg()
    .withExif(taken("12"))
    .toFile(join(folder, "shot 2.jpg"));

  const { library, look, find } = await open(folder);
  const { store } = library;
  await look();
  expect(duplicates(library)).toEqual({ groups: null, stale: true });
  expect(await find()).toBe("5 photos in 2 groups");

  const { groups, stale } = duplicates(library);
  expect(stale).toBe(false);
  expect(groups!.map(({ kind, photos }) => ({ kind, photos: named(store, photos).toSorted() }))).toEqual([
    { kind: "duplicate", photos: ["first mirrored.jpg", "first small.jpg", "first.jpg"] },
    { kind: "burst", photos: ["shot 1.jpg", "shot 2.jpg"] },
  ]);
  expect(
    named(
      store,
      groups!.map(({ best }) => best),
    ),
  ).toEqual(["first.jpg", "shot 1.jpg"]);
  expect(groups!.map(({ why }) => why)).toEqual([
    expect.stringContaining("sharpest"),
    expect.stringContaining("sharpest"),
  ]);

  // Image quality that an earlier version did not store is computed from the thumbnails.
  store.db.exec("DELETE FROM cache.glance");
  expect(await find()).toBe("5 photos in 2 groups");

  rmSync(join(folder, "first small.jpg"));
  rmSync(join(folder, "shot 2.jpg"));
  await look();
  const after = duplicates(library);
  expect(after.stale).toBe(true);
  expect(after.groups!.map(({ photos }) => named(store, photos).toSorted())).toEqual([
    ["first mirrored.jpg", "first.jpg"],
  ]);
  expect(await find()).toBe("2 photos in 1 group");
  expect(duplicates(library).stale).toBe(false);
});

test("finds no groups in an empty folder", async () => {
  const { library, find } = await open(temporaryFolder());
  expect(await find()).toBe("0 photos in 0 groups");
  expect(duplicates(library)).toEqual({ groups: [], stale: false });
});

test("copies a photo's verdicts to its group in one step and keeps existing verdicts", () => {
  const store = emptyLibrary();
  const [a, b, c] = addMockPhotos(store, 3);
  annotate(store, { photos: [a], label: "own:Rex", verdict: "accept", name: "Rex" });
  annotate(store, { photos: [a], label: "own:Zwergi", verdict: "reject", name: "Zwergi" });
  annotate(store, { photos: [b], label: "own:Rex", verdict: "reject", name: "Rex" });
  const before = verdicts(store);
  const spread = { verdicts: 3, photos: 2, groups: 1, disputed: 0 };
  expect(countSpread(store, [[a, b, c]], a)).toEqual(spread);
  expect(verdicts(store)).toEqual(before);
  expect(spreadVerdicts(store, [[a, b, c]], a)).toEqual(spread);
  expect(verdicts(store)).toEqual([
    `${a} accept own:Rex`,
    `${a} reject own:Zwergi`,
    `${b} reject own:Rex`,
    `${b} reject own:Zwergi`,
    `${c} accept own:Rex`,
    `${c} reject own:Zwergi`,
  ]);
  expect(undoState(store).undo).toBe("Copy 3 verdicts to 2 photos in a group");
  expect(spreadVerdicts(store, [[a, b, c]], a)).toMatchObject({ verdicts: 0, photos: 0 });
  undo(store);
  expect(verdicts(store)).toEqual(before);
});

test("copies verdicts within all groups in one step and skips labels on which copies have conflicting verdicts", () => {
  const store = emptyLibrary();
  const [a, b, c, d, e, f] = addMockPhotos(store, 6);
  annotate(store, { photos: [a, d], label: "own:Rex", verdict: "accept", name: "Rex" });
  annotate(store, { photos: [b], label: "own:Rex", verdict: "reject", name: "Rex" });
  annotate(store, { photos: [b, f], label: "own:garden", verdict: "accept", name: "garden" });
  const before = verdicts(store);
  const spread = { verdicts: 3, photos: 3, groups: 2, disputed: 1 };
  expect(
    countSpread(
      store,
      [
        [a, b, c],
        [d, e],
      ],
      null,
    ),
  ).toEqual(spread);
  expect(
    spreadVerdicts(
      store,
      [
        [a, b, c],
        [d, e],
      ],
      null,
    ),
  ).toEqual(spread);
  expect(verdicts(store).filter((verdict) => !before.includes(verdict))).toEqual([
    `${a} accept own:garden`,
    `${c} accept own:garden`,
    `${e} accept own:Rex`,
  ]);
  expect(undo(store)).toBe("Copy 3 verdicts to 3 photos in 2 groups");
  expect(verdicts(store)).toEqual(before);
});
