/** Search by sentences with a pack that was trained on drawn scenes, on scenes that it was not trained on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { browsePhotos } from "../../src-main/features/browse/browse-photos";
import { embedQuery } from "../../src-main/features/browse/sentence-query";
import { closeStore } from "../../src-main/store/database";
import { pathsOf } from "../../src-main/store/photos";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import { temporaryFolder } from "../fixtures/photo-folder";
import { captionOf, heldOutScenes, paintScenes, SHAPES_LABELS, SHAPES_PACK } from "../fixtures/shape-scenes";

const PHOTOS = 500;
const MIN_RECALL = { at1: 0.7, at5: 0.93 };

test("a sentence of several words finds its picture among 500", async () => {
  const [folder, lists] = [temporaryFolder(), temporaryFolder()];
  const scenes = await heldOutScenes();
  const files = await paintScenes(folder, PHOTOS);
  const labelSet = join(lists, "labels.txt");
  writeFileSync(labelSet, SHAPES_LABELS.join("\n"));
  const { library, dispose, ...vision } = await openFolder(temporaryFolder(), folder, { pack: SHAPES_PACK, labelSet });
  const jobs = createJobs(() => undefined);
  try {
    await labelFolder(library, jobs, vision, { changed: () => undefined }).finished;
    expect(jobs.list().filter(({ state }) => state !== "done")).toEqual([]);
    expect(scenes.length).toBeGreaterThanOrEqual(50);
    const placeOf = async (file: string, words: string) => {
      await embedQuery(library, words);
      const { photos, unknown } = browsePhotos(library, { words, sort: "relevance", descending: true, group: "none" });
      expect(unknown).toEqual([]);
      return photos.findIndex((photo) => pathsOf(library.store, photo).includes(file));
    };
    expect(await placeOf(files[scenes.length]!, "a red circle over a blue square")).toBe(0);
    let [first, five] = [0, 0];
    for (const [s, scene] of scenes.entries()) {
      const place = await placeOf(files[s]!, captionOf(scene, s));
      if (place === 0) first++;
      if (place >= 0 && place < 5) five++;
    }
    // The pack's README says what was measured; other processors round otherwise.
    expect(first / scenes.length).toBeGreaterThanOrEqual(MIN_RECALL.at1);
    expect(five / scenes.length).toBeGreaterThanOrEqual(MIN_RECALL.at5);
  } finally {
    await jobs.cancelAll();
    await dispose();
    closeStore(library.store);
  }
});
