/** Accepting, drawing, moving and relabelling boxes in the real engine, on a pack that finds two persons and a dog. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeStore } from "../../src-main/store/database";
import { openFolder } from "../../src-main/workspace/open-folder";
import { ARGUMENTS } from "../../src-shared/arguments";
import type { BoxRectangle, BoxRef, LabelId, PhotoBox, PhotoId } from "../../src-shared/contract";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import { type Engine, startEngine } from "../fixtures/open-engine";

const BIKE: LabelId = "own:my bike";
const FREE: BoxRectangle = [0.6, 0.1, 0.7, 0.3];
const DOG_FOUND: BoxRectangle = [0.25, 0.5, 0.75, 1];
/** The dog's box with an overlap above and below 0.7. */
const [NEAR, NEARER_EDGE, FAR]: BoxRectangle[] = [
  [0.3, 0.5, 0.8, 1], // 0.82 with the found box
  [0.35, 0.5, 0.85, 1], // 0.82 with the box before, 0.67 with the found one
  [0.5, 0.5, 1, 1], // 0.33
];

let engine: Engine;
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "semblance-boxes-")));
const place = { home: join(scratch, "home"), folder: join(scratch, "photos") };
let photos: PhotoId[];

beforeAll(async () => {
  for (const folder of ["photos", "pack"]) mkdirSync(join(scratch, folder));
  for (const [i, background] of ["#ffffff", "#fdfdfd"].entries())
    await sharp({ create: { width: 96, height: 64, channels: 3, background } })
      .png()
      .toFile(join(place.folder, `${i}.png`));
  const { library, dispose } = await openFolder(place.home, place.folder, {
    pack: writeCalibratedPack(join(scratch, "pack")),
  });
  await dispose();
  closeStore(library.store);
  await start();
  ({ photos } = await engine.api.browse({ sort: "name", descending: false, group: "none" }));
});

afterEach(async () => {
  while ((await engine.api.undo()).undone !== null);
});
afterAll(async () => {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function start() {
  engine = await startEngine(place.home);
  await engine.api.openLibrary({ folder: place.folder });
  await engine.idle();
}

const boxesIn = async (photo = photos[0]!) => (await engine.api.boxes({ photo }))!;
const named = async (name: string, photo = photos[0]!) => (await boxesIn(photo)).filter((box) => box.name === name);
const refOf = ({ label, box, detector }: PhotoBox, photo = photos[0]!): BoxRef => ({ photo, label, box, detector });
const dog = async (photo?: PhotoId) => refOf((await named("dog", photo))[0]!, photo);
const acceptedLabels = async (photo = photos[0]!) =>
  (await engine.api.photo({ photo })).labels
    .filter(({ source }) => source === "accepted" || source === "added")
    .map(({ name }) => name);
/** All that a verdict on a box may change. */
const everything = async () => ({
  boxes: await Promise.all(photos.map((photo) => boxesIn(photo))),
  details: await engine.api.photosDetails({ photos }),
  cards: await engine.api.labelCards(),
});
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => "no refusal",
    (error: { code?: string }) => error.code ?? String(error),
  );

/** Does something, undoes it and does it again; each time everything must be as it was. */
async function undoably(action: () => Promise<void>, words: string) {
  const before = await everything();
  await action();
  const after = await everything();
  expect(after).not.toEqual(before);
  expect(await engine.api.undo()).toEqual({ undone: words });
  expect(await everything()).toEqual(before);
  expect(await engine.api.redo()).toEqual({ redone: words });
  expect(await everything()).toEqual(after);
}

// guarantee: undo
test("several boxes on several photos are accepted in one step, and stay certain", async () => {
  const found = [...(await boxesIn()).map((box) => refOf(box)), await dog(photos[1])];
  await undoably(() => engine.api.judgeBoxes({ boxes: found, verdict: "accept" }), `Accept ${found.length} boxes`);
  for (const box of await boxesIn())
    expect(box).toMatchObject({ confidence: 1, verdict: "accept", origin: "detector" });
  expect((await named("person", photos[1])).map(({ verdict }) => verdict)).toEqual([null, null]);
  expect(await acceptedLabels()).toEqual([]); // a box is no verdict on the photo's labels
  await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "clear" });
  expect((await named("dog"))[0]).toMatchObject({ verdict: null });
});

// guarantee: undo
test("a drawn box is accepted with its label on the photo; rejecting it only removes it", async () => {
  await undoably(() => engine.api.drawBox({ photo: photos[0]!, label: BIKE, box: FREE }), "Draw box “my bike”");
  const [bike] = await named("my bike");
  expect(bike).toMatchObject({ box: FREE, origin: "drawn", detector: "drawn", verdict: "accept", confidence: 1 });
  expect(await acceptedLabels()).toEqual(["my bike"]);
  await engine.api.judgeBoxes({ boxes: [refOf(bike!)], verdict: "reject" });
  expect(await named("my bike")).toEqual([]);
  expect((await engine.api.library())!.undo).toBe("Remove box “my bike”");

  // What a detector finds there later isn't rejected by that.
  const before = await boxesIn();
  await engine.api.drawBox({ photo: photos[0]!, label: (await dog()).label, box: NEAR });
  expect(await named("dog")).toMatchObject([{ box: NEAR, origin: "drawn" }]);
  await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "reject" });
  expect((await named("dog")).map(({ box }) => box)).toEqual([DOG_FOUND]);
  expect(await boxesIn()).toHaveLength(before.length);
});

test("drawing a box where one was rejected takes the rejection back", async () => {
  const found = await dog();
  await engine.api.judgeBoxes({ boxes: [found], verdict: "reject" });
  await engine.api.drawBox({ photo: photos[0]!, label: found.label, box: NEAR });
  await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "reject" });
  expect(await named("dog")).toMatchObject([{ box: DOG_FOUND, verdict: null }]);
});

describe("a moved box is accepted", () => {
  // guarantee: undo
  test("far away: where it was found, it is rejected", async () => {
    const found = await dog();
    await undoably(() => engine.api.moveBox({ box: found, to: FAR }), "Move box “dog”");
    expect(await named("dog")).toMatchObject([{ box: FAR, verdict: "accept", origin: "detector" }]);
    await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "reject" });
    expect(await named("dog")).toEqual([]); // not even in the old place
  });

  test("a little: what was found counts as the same box, and comes back once the verdict is cleared", async () => {
    await undoably(async () => engine.api.moveBox({ box: await dog(), to: NEAR }), "Move box “dog”");
    expect(await named("dog")).toMatchObject([{ box: NEAR, verdict: "accept" }]);
    await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "clear" });
    expect(await named("dog")).toMatchObject([{ box: DOG_FOUND, verdict: null }]);
  });

  test("in small steps: what was found doesn't come back when the box has left it; moved back, it is the same", async () => {
    await engine.api.moveBox({ box: await dog(), to: NEAR });
    await engine.api.moveBox({ box: await dog(), to: NEARER_EDGE });
    expect(await named("dog")).toMatchObject([{ box: NEARER_EDGE, verdict: "accept" }]);
    await engine.api.moveBox({ box: await dog(), to: DOG_FOUND });
    await engine.api.judgeBoxes({ boxes: [await dog()], verdict: "clear" });
    expect(await named("dog")).toMatchObject([{ box: DOG_FOUND, verdict: null }]);
  });

  test("a drawn one leaves nothing behind", async () => {
    const { label } = await dog();
    await engine.api.drawBox({ photo: photos[0]!, label, box: FREE });
    const drawn = (await named("dog")).find(({ origin }) => origin === "drawn")!;
    await engine.api.moveBox({ box: refOf(drawn), to: DOG_FOUND });
    const [moved] = await named("dog");
    expect(moved).toMatchObject({ box: DOG_FOUND, origin: "drawn" });
    await engine.api.moveBox({ box: refOf(moved!), to: FREE });
    // It had been moved onto the found one, and off it again: that was its place, and it's gone.
    expect(await named("dog")).toMatchObject([{ box: FREE, origin: "drawn" }]);
  });
});

// guarantee: undo
test("a relabelled box has the new label, on the photo too, and keeps its detector; the old label loses it", async () => {
  const found = await dog();
  await undoably(() => engine.api.relabelBoxes({ boxes: [found], label: BIKE }), "Relabel box “dog” as “my bike”");
  expect(await named("dog")).toEqual([]);
  expect(await named("my bike")).toMatchObject([{ box: DOG_FOUND, detector: found.detector, verdict: "accept" }]);
  expect(await acceptedLabels()).toEqual(["my bike"]);
  // Back again
  await engine.api.relabelBoxes({ boxes: [refOf((await named("my bike"))[0]!)], label: found.label });
  expect(await named("my bike")).toEqual([]);
  expect(await named("dog")).toMatchObject([{ box: DOG_FOUND, verdict: "accept" }]);
});

test("accepted and drawn persons count as people, also for the search", async () => {
  const people = async () => (await engine.api.photo({ photo: photos[0]! })).people!.people;
  const { label } = (await named("person"))[0]!;
  expect(await people()).toBe(2);
  await engine.api.drawBox({ photo: photos[0]!, label, box: FREE });
  expect(await people()).toBe(3);
  const found = await engine.api.browse({ words: "people:3", sort: "name", descending: false, group: "none" });
  expect(found.photos).toEqual([photos[0]]);
  await engine.api.relabelBoxes({ boxes: [await dog()], label });
  expect(await people()).toBe(4);
  await engine.api.undo();
  await engine.api.undo();
  expect(await people()).toBe(2);
});

test("naming a box by a deleted label shows that label again", async () => {
  const hidden = async () => (await engine.api.labelCards()).find(({ label }) => label === BIKE)?.hidden;
  await engine.api.annotate({ photos: [photos[1]!], label: BIKE, verdict: "accept" });
  await engine.api.deleteLabels({ labels: [BIKE] });
  expect(await hidden()).toBe(true);
  await engine.api.drawBox({ photo: photos[0]!, label: BIKE, box: FREE });
  expect(await hidden()).toBe(false);
});

// guarantee: undo
test("merging labels carries accepted boxes, deleting removes them, and one undo brings all back", async () => {
  const found = await dog();
  await engine.api.judgeBoxes({ boxes: [found], verdict: "accept" });
  await engine.api.drawBox({ photo: photos[1]!, label: found.label, box: FREE });
  await undoably(
    () => engine.api.mergeLabels({ from: [found.label], into: BIKE }).then(() => undefined),
    "Merge “dog” into “my bike”",
  );
  expect(await named("my bike")).toMatchObject([{ box: DOG_FOUND, verdict: "accept" }]);
  expect(await named("my bike", photos[1])).toMatchObject([{ box: FREE, origin: "drawn" }]);
  expect(await named("dog")).toEqual([]); // found again, but its label is gone
  await engine.api.undo();
  await undoably(
    () => engine.api.deleteLabels({ labels: [found.label] }).then(() => undefined),
    "Delete label “dog” and 1 verdict",
  );
  expect(await named("dog")).toEqual([]);
});

test("a call with one bad box, photo or label is refused, and nothing is recorded", async () => {
  const found = await dog();
  const gone = { ...found, box: FREE };
  const nowhere = { ...found, photo: 999_999 };
  const unknown: LabelId = "wn:99999999";
  const before = await everything();
  const { api } = engine;
  expect({
    accept: await refused(api.judgeBoxes({ boxes: [found, gone], verdict: "accept" })),
    acceptNowhere: await refused(api.judgeBoxes({ boxes: [found, nowhere], verdict: "accept" })),
    clear: await refused(api.judgeBoxes({ boxes: [found], verdict: "clear" })),
    relabel: await refused(api.relabelBoxes({ boxes: [found, gone], label: BIKE })),
    relabelNowhere: await refused(api.relabelBoxes({ boxes: [found, nowhere], label: BIKE })),
    relabelUnknown: await refused(api.relabelBoxes({ boxes: [found], label: unknown })),
    move: await refused(api.moveBox({ box: gone, to: FAR })),
    moveNowhere: await refused(api.moveBox({ box: nowhere, to: FAR })),
    draw: await refused(api.drawBox({ photo: 999_999, label: BIKE, box: FREE })),
    drawUnknown: await refused(api.drawBox({ photo: photos[0]!, label: unknown, box: FREE })),
  }).toEqual({
    accept: "no-box",
    acceptNowhere: "no-photo",
    clear: "no-box",
    relabel: "no-box",
    relabelNowhere: "no-photo",
    relabelUnknown: "no-label",
    move: "no-box",
    moveNowhere: "no-photo",
    draw: "no-photo",
    drawUnknown: "no-label",
  });
  expect(await everything()).toEqual(before);
  expect((await api.library())!.undo).toBeNull();
});

test("a box that is a line, lies outside the photo or has its sides swapped is refused", () => {
  const isTaken = (...box: BoxRectangle) => ARGUMENTS.drawBox.safeParse([{ photo: 1, label: BIKE, box }]).success;
  expect(isTaken(...FREE)).toBe(true);
  expect(isTaken(0.5, 0.1, 0.501, 0.9)).toBe(false);
  expect(isTaken(0.5, 0.5, 1.2, 1)).toBe(false);
  expect(isTaken(0.5, 0.1, 0.2, 0.9)).toBe(false);
  const box = { photo: 1, label: BIKE, detector: "drawn", box: FREE };
  expect(ARGUMENTS.moveBox.safeParse([{ box, to: [0.5, 0.5, 1.2, 1] }]).success).toBe(false);
});

// guarantee: restart
test("drawn, moved and relabelled boxes are there after a restart, and can still be undone", async () => {
  await engine.api.drawBox({ photo: photos[0]!, label: BIKE, box: FREE });
  await engine.api.moveBox({ box: await dog(), to: FAR });
  await engine.api.relabelBoxes({ boxes: [await dog(photos[1])], label: BIKE });
  const before = await everything();
  await engine.close();
  await start();
  expect(await everything()).toEqual(before);
  expect(await engine.api.undo()).toEqual({ undone: "Relabel box “dog” as “my bike”" });
  expect(await named("dog", photos[1])).toMatchObject([{ box: DOG_FOUND, verdict: null }]);
});
