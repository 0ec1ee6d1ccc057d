import { expect, onTestFinished, test, vi } from "vitest";
import { boxLabels, boxTiles } from "../../src-main/features/review/box-tiles";
import { judgeBoxes } from "../../src-main/features/review/judge-boxes";
import { listBoxes, listBoxLabels } from "../../src-main/features/review/list-boxes";
import { turnBack } from "../../src-main/features/review/turn-back";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { closeStore } from "../../src-main/store/database";
import { storeDetections } from "../../src-main/store/detections";
import { storeFeatures } from "../../src-main/store/features";
import { photosToRank } from "../../src-main/store/predictions";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { rankPhotos } from "../../src-main/workspace/rank-photos";
import type { Session } from "../../src-main/workspace/session";
import type { BoxRectangle, BoxRef, BoxTiles, LabelId } from "../../src-shared/contract";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

const { classLabel } = readLexicon();
const PERSON: LabelId = classLabel({ name: "person", wnid: "n00007846" });
const DOG: LabelId = classLabel({ name: "dog", wnid: "n02084071" });
type Found = [label: LabelId, score: number, box: BoxRectangle];

/** Photos with boxes as if a detector of the pack had found them, and a session on that library. */
async function libraryWith(photos: Found[][]) {
  const pack = writeCalibratedPack(temporaryFolder());
  const { library, dispose } = await openFolder(temporaryFolder(), temporaryFolder(), { pack });
  onTestFinished(async () => {
    await dispose();
    closeStore(library.store);
  });
  const { store } = library;
  const ids = addMockPhotos(store, photos.length);
  const detector = library.pack.detection!.detectors.find(({ kind }) => kind === "objects")!.id;
  storeDetections(
    store,
    detector,
    ids.map((photo, i) => ({
      photo,
      detections: {
        boxes: Float32Array.from(photos[i].flatMap(([, , box]) => box)),
        scores: Float32Array.from(photos[i], ([, score]) => score),
        classes: Uint16Array.from(photos[i], ([label]) => (label === PERSON ? 0 : 1)),
      },
    })),
  );
  const jobs: string[] = [];
  const session = {
    library: () => library,
    changed: () => undefined,
    notifyAllChanged: () => undefined,
    emitInfoSoon: () => undefined,
    start: (kind: string) => jobs.push(kind),
  } as unknown as Session;
  return { library, session, jobs };
}
const live = { annotated: () => undefined, stop: () => undefined };
const tiles = (library: OpenLibrary, state: Parameters<typeof boxTiles>[1]["state"] = "unjudged", label = DOG) =>
  boxTiles(library, { label, state, order: "doubt" });
const refs = ({ label, photos, boxes, detectors, detectorIds }: BoxTiles): BoxRef[] =>
  photos.map((photo, i) => ({
    photo,
    label,
    detector: detectorIds[detectors[i]],
    box: boxes.slice(4 * i, 4 * i + 4) as BoxRectangle,
  }));

const LEFT: BoxRectangle = [0.1, 0.1, 0.4, 0.6];
const RIGHT: BoxRectangle = [0.5, 0.1, 0.9, 0.6];

test("boxes of a label come in the order asked for, without those below the detector's minimum", async () => {
  const { library } = await libraryWith([
    [[DOG, 0.9, LEFT]],
    [
      [DOG, 0.6, [0, 0, 0.2, 0.2]],
      [DOG, 0.3, RIGHT],
      [PERSON, 0.8, RIGHT],
    ],
    [[DOG, 0.7, RIGHT]],
  ]);
  const order = (by: Parameters<typeof boxTiles>[1]["order"]) =>
    boxTiles(library, { label: DOG, state: "unjudged", order: by }).photos;
  expect(order("doubt")).toEqual([2, 3, 1]);
  expect(order("confidence")).toEqual([1, 3, 2]);
  expect(order("newest")).toEqual([3, 2, 1]);
  expect(order("size")).toEqual([3, 1, 2]);
  expect(tiles(library)).toMatchObject({
    name: "dog",
    counts: { unjudged: 3, accepted: 0, rejected: 0 },
    boxes: [0, 0, 0.2, 0.2, ...RIGHT, ...LEFT],
    verdicts: [null, null, null],
  });
  const empty = { unjudged: 0, accepted: 0, rejected: 0 };
  expect(boxLabels(library)).toMatchObject({
    hasDetectors: true,
    labels: [
      { name: "dog", ...empty, unjudged: 3 },
      { name: "person", ...empty, unjudged: 1 },
    ],
  });
});

test("a sure box of another label in the same place raises doubt, one that was rejected doesn't", async () => {
  const shifted: BoxRectangle = [0.11, 0.1, 0.4, 0.6];
  const { library, session } = await libraryWith([
    [[DOG, 0.6, LEFT]],
    [
      [DOG, 0.8, LEFT],
      [PERSON, 0.85, shifted],
    ],
    [
      [DOG, 0.7, LEFT],
      [PERSON, 0.9, RIGHT],
    ],
  ]);
  expect(tiles(library).photos).toEqual([2, 1, 3]);
  const [person] = refs(tiles(library, "unjudged", PERSON)).filter(({ photo }) => photo === 2);
  await judgeBoxes(session, live, { boxes: [person], verdict: "reject" });
  expect(tiles(library).photos).toEqual([1, 3, 2]);
});

// guarantee: undo
test("judged boxes move to their state with true counts; a rejected one can be taken back or accepted", async () => {
  const { library, session } = await libraryWith([[[DOG, 0.6, LEFT]], [[DOG, 0.7, RIGHT]], [[DOG, 0.9, LEFT]]]);
  const [first, second] = refs(tiles(library));
  const photosIn = () => (["unjudged", "accepted", "rejected", "all"] as const).map((s) => tiles(library, s).photos);
  await judgeBoxes(session, live, { boxes: [first, second], verdict: "reject" });
  expect(photosIn()).toEqual([[3], [], [2, 1], [2, 1, 3]]); // the surest rejection first: it may be wrong
  expect(tiles(library, "rejected").counts).toEqual({ unjudged: 1, accepted: 0, rejected: 2 });
  expect(tiles(library, "rejected").confidences).not.toContain(null);
  const [sure, unsure] = refs(tiles(library, "rejected"));
  await judgeBoxes(session, live, { boxes: [sure], verdict: "accept" });
  await judgeBoxes(session, live, { boxes: [unsure], verdict: "clear" });
  expect(photosIn().slice(0, 3)).toEqual([[1, 3], [2], []]);
  expect(await turnBack(session, live, "undo")).toBe("Clear verdict on box “dog”");
  expect(await turnBack(session, live, "undo")).toBe("Accept box “dog”");
  expect(photosIn()[2]).toEqual([2, 1]);
  const { labels } = boxLabels(library);
  expect(labels).toMatchObject([{ name: "dog", unjudged: 1, accepted: 0, rejected: 2 }]);
});

test("lists boxes with their files for the command line, by the label's name; without boxes it says which labels have some", async () => {
  const { library, session } = await libraryWith([[[DOG, 0.6, LEFT]], [[DOG, 0.9, RIGHT]]]);
  await judgeBoxes(session, live, { boxes: refs(tiles(library)).slice(0, 1), verdict: "reject" });
  const all = { state: "all", order: "confidence" } as const;
  const list = (query: Partial<Parameters<typeof listBoxes>[1]> & { label: string }) =>
    listBoxes(library, { ...all, ...query }, { visual: vi.fn(), compare: vi.fn() });
  expect(await list({ label: "Dog" })).toMatchObject([
    { path: "folder 1/IMG_1.jpg", label: "dog", verdict: "unjudged", origin: "detector", left: 0.5, bottom: 0.6 },
    { path: "folder 0/IMG_0.jpg", label: "dog", verdict: "rejected", right: 0.4 },
  ]);
  expect(await list({ label: DOG, state: "rejected" })).toHaveLength(1);
  expect(listBoxLabels(library)).toEqual([{ label: "dog", unjudged: 1, accepted: 0, rejected: 1, id: DOG }]);
  await expect(list({ label: "teapot" })).rejects.toThrow("no boxes of “teapot”. Labels with boxes: dog.");
});

test("boxes of missing photos are left out, judged ones too", async () => {
  const { library, session } = await libraryWith([[[DOG, 0.6, LEFT]], [[DOG, 0.7, RIGHT]]]);
  await judgeBoxes(session, live, { boxes: refs(tiles(library)).slice(0, 1), verdict: "accept" });
  library.store.db.exec("UPDATE file SET missing = 1; UPDATE photo SET files = 0");
  expect(tiles(library, "all")).toMatchObject({ photos: [], counts: { unjudged: 0, accepted: 0, rejected: 0 } });
  expect(boxLabels(library).labels).toEqual([]);
});

// guarantee: restart
test("judging boxes on many photos labels them in the background, and the library remembers which ones wait", async () => {
  const { library, session, jobs } = await libraryWith(Array.from({ length: 200 }, () => [[DOG, 0.7, LEFT]]));
  const { store, pack, model } = library;
  const one = { feature: new Float32Array(6), classes: Uint16Array.of(0), probabilities: Float32Array.of(0.5) };
  storeFeatures(
    store,
    pack.visualId,
    Array.from({ length: 200 }, (_, i) => ({ photo: i + 1, ...one })),
  );
  const job = { progress: () => undefined, yield: () => Promise.resolve() } as never;
  await rankPhotos(library, job, () => undefined);
  const waiting = () => photosToRank(store, pack.visualId, model.model).length;
  expect(waiting()).toBe(0);
  const [first, ...others] = refs(tiles(library));
  await judgeBoxes(session, live, { boxes: [first], verdict: "reject" });
  expect([jobs, waiting()]).toEqual([[], 0]);
  await judgeBoxes(session, live, { boxes: others, verdict: "reject" });
  expect([jobs, waiting()]).toEqual([["rank"], 199]);
});
