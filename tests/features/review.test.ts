import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { findLabelIssues } from "../../src-main/features/review/label-issues";
import { reviewQueue } from "../../src-main/features/review/review-queue";
import { closeStore } from "../../src-main/store/database";
import { allFiles } from "../../src-main/store/photos";
import { guessesOf, labelsOfPhoto } from "../../src-main/store/predictions";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import { type OpenLibrary } from "../../src-main/workspace/open-library";
import { reloadRanker } from "../../src-main/workspace/prepare-library";
import type { LabelId, PhotoId } from "../../src-shared/contract";
import { paint, temporaryFolder, waves } from "../fixtures/photo-folder";

const KINDS: LabelId[] = ["own:Red hills", "own:Green sea", "own:Blue night"];
const TINTS = ["#e33", "#3c4", "#35e"];

/** A labelled library of three kinds of look-alikes, nine photos each; ids by kind. */
async function lookAlikes(): Promise<{ library: OpenLibrary; kinds: PhotoId[][] }> {
  const folder = temporaryFolder();
  await paint(join(folder, "any.png"), 0);
  for (let kind = 0; kind < 3; kind++) {
    for (let i = 0; i < 9; i++) {
      await sharp(waves(3.7 * kind + 1, 96, 96), { raw: { width: 96, height: 96, channels: 3 } })
        .tint(TINTS[kind])
        .rotate(2 * i - 8, { background: TINTS[kind] })
        .toFile(join(folder, `${kind}-${i}.png`));
    }
  }
  const { library, visual, objects, dispose } = await openFolder(temporaryFolder(), folder);
  const jobs = createJobs(() => undefined);
  onTestFinished(async () => {
    await jobs.cancelAll();
    await dispose();
    closeStore(library.store);
  });
  await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
  const ids = new Map([...allFiles(library.store)].map(({ path, photo }) => [path, photo!]));
  return { library, kinds: [0, 1, 2].map((kind) => Array.from({ length: 9 }, (_, i) => ids.get(`${kind}-${i}.png`)!)) };
}

const accept = ({ store }: OpenLibrary, photos: PhotoId[], label: LabelId) =>
  annotate(store, { photos, label, verdict: "accept", name: label });
const reject = ({ store }: OpenLibrary, photos: PhotoId[], label: LabelId) =>
  annotate(store, { photos, label, verdict: "reject", name: label });
const photosOf = <T extends { photo: PhotoId }>(list: T[]) => list.map(({ photo }) => photo);

test("the review queue holds every photo once, gives the uncertain labels, begins with different kinds, and keeps its order while verdicts arrive", async () => {
  const { library, kinds } = await lookAlikes();
  const queue = await reviewQueue(library, 100);
  expect(new Set(photosOf(queue)).size).toBe(28);
  const kindOf = (photo: PhotoId) => kinds.findIndex((photos) => photos.includes(photo));
  expect(new Set(photosOf(queue).slice(0, 4).map(kindOf)).size).toBeGreaterThanOrEqual(3);
  for (const { photo, uncertainty, why, labels } of queue) {
    expect(uncertainty >= 0 && uncertainty <= 1).toBe(true);
    expect(labels).toHaveLength({ nothing: 0, unsure: 1, between: 2 }[why]);
    const shown = [...labelsOfPhoto(library.store, photo), ...guessesOf(library.store, photo)];
    if (labels.length > 0) expect(labels[0]).toMatchObject({ label: shown[0].label, score: shown[0].score });
    else expect(shown).toEqual([]);
  }
  expect(photosOf(await reviewQueue(library, 5))).toEqual(photosOf(queue).slice(0, 5));

  const [first, second, third, ...rest] = photosOf(queue);
  accept(library, [first, third], KINDS[0]);
  expect(photosOf(await reviewQueue(library, 100))).toEqual([second, ...rest]);
  reject(library, [second], KINDS[1]);
  // the photo has other labels, or guesses
  expect(photosOf(await reviewQueue(library, 20))).toEqual([second, ...rest].slice(0, 20));
  const open = () =>
    [...labelsOfPhoto(library.store, second), ...guessesOf(library.store, second)].filter(
      ({ source }) => source === "predicted",
    );
  // a rejected guess may be replaced by another
  while (open().length > 0) reject(library, [second], open()[0].label);
  // with fewer, the queue would be sorted again
  expect(photosOf(await reviewQueue(library, 20))).toEqual(rest.slice(0, 20));
});

test("a new model rebuilds the queue: photos like the annotated ones come after the others", async () => {
  const { library, kinds } = await lookAlikes();
  accept(library, kinds[0].slice(0, 8), KINDS[0]);
  accept(library, kinds[1].slice(0, 8), KINDS[1]);
  const before = library.ranker;
  await reloadRanker(library);
  expect(library.ranker).not.toBe(before);
  const queue = photosOf(await reviewQueue(library, 100));
  expect(queue).toHaveLength(12);
  const firstUnlike = Math.min(...kinds[2].map((photo) => queue.indexOf(photo)));
  for (const alike of [kinds[0][8], kinds[1][8]]) expect(queue.indexOf(alike)).toBeGreaterThan(firstUnlike);
});

test("finds wrong labels and suggests the right ones without changing anything, and never repeats a rejected suggestion", async () => {
  const { library, kinds } = await lookAlikes();
  expect(await findLabelIssues(library, 100)).toEqual([]);
  kinds.forEach((photos, kind) => accept(library, photos.slice(kind === 2 ? 1 : 0), KINDS[kind]));
  expect(await findLabelIssues(library, 100)).toEqual([]);
  const wrong = kinds[2][0];
  accept(library, [wrong], KINDS[0]);
  const before = currentAnnotations(library.store);
  const found = await findLabelIssues(library, 100);
  expect(found).toEqual([
    {
      photo: wrong,
      given: { label: KINDS[0], name: "Red hills", parent: null },
      suggested: { label: KINDS[2], name: "Blue night", parent: null },
      score: expect.any(Number) as number,
    },
  ]);
  expect(found[0].score).toBeLessThan(0.5);
  expect(currentAnnotations(library.store)).toEqual(before);

  reject(library, [wrong], KINDS[2]);
  expect((await findLabelIssues(library, 100)).map(({ suggested }) => suggested.label)).not.toContain(KINDS[2]);
});

test("a label and a more general one on the same photo are not label issues", async () => {
  const { library, kinds } = await lookAlikes();
  const [ANIMAL, DOG] = ["animal", "dog"].map((name) => library.lexicon.meant(name));
  accept(library, kinds[0], DOG);
  accept(library, [...kinds[1], kinds[0][0], kinds[0][1]], ANIMAL);
  expect(await findLabelIssues(library, 100)).toEqual([]);
});
