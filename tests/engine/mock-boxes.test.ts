/** Boxes in the real engine, on a pack that has detectors, and in the mock backend. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { closeStore } from "../../src-main/store/database";
import { openFolder } from "../../src-main/workspace/open-folder";
import { createClient } from "../../src-preload/client";
import type { EngineApi } from "../../src-shared/arguments";
import type { PhotoBox, PhotoId } from "../../src-shared/contract";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import { mockLibrary } from "../fixtures/mock-library";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";

/** An engine on a bright photo, in which the pack finds two persons, a dog and a face, and on a file that isn't one. */
async function openReal(): Promise<{ api: EngineApi }> {
  const [folder, engine] = [temporaryFolder(), await openEngine()];
  const picture = { width: 96, height: 64, channels: 3, background: "#ffffff" } as const;
  await sharp({ create: picture }).png().toFile(join(folder, "bright.png"));
  writeFileSync(join(folder, "words.png"), "only words");
  const { library, dispose } = await openFolder(engine.home, folder, { pack: writeCalibratedPack(temporaryFolder()) });
  await dispose();
  closeStore(library.store);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  return engine;
}
/** In an object, because awaiting the client itself would call it. */
const openMock = async () => ({ api: createClient(mockLibrary({ photos: 120 })) as EngineApi });

/** Boxes without the photo's other labels, which may follow a rejection. */
const alone = (boxes: PhotoBox[]) => boxes.map((box) => ({ ...box, supports: [] }));

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "no refusal",
    (error: { code?: string }) => error.code ?? String(error),
  );

async function boxesOf(api: EngineApi): Promise<{ boxed: Map<PhotoId, PhotoBox[]>; unread: PhotoId }> {
  const { photos } = await api.browse({ sort: "name", descending: false, group: "none" });
  const boxed = new Map<PhotoId, PhotoBox[]>();
  let unread = 0;
  for (const details of await api.photosDetails({ photos })) {
    if (details.error) unread = details.photo;
    else boxed.set(details.photo, (await api.boxes({ photo: details.photo }))!);
  }
  return { boxed, unread };
}

describe.each([
  ["the mock backend", openMock],
  ["the real engine", openReal],
])("%s", (_, open) => {
  test("gives boxes that lie inside their photo, the surest first; a photo that can't be read has none", async () => {
    const { api } = await open();
    const { boxed, unread } = await boxesOf(api);
    expect([...boxed.values()].flat().length).toBeGreaterThan(1);
    for (const boxes of boxed.values()) {
      expect(boxes).toEqual(boxes.toSorted((a, b) => b.confidence - a.confidence));
      for (const { name, label, confidence, box, kind, detector } of boxes) {
        const [left, top, right, bottom] = box;
        expect([0 <= left, left < right, right <= 1, 0 <= top, top < bottom, bottom <= 1]).not.toContain(false);
        expect(confidence > 0 && confidence <= 1).toBe(true);
        expect(["objects", "faces"]).toContain(kind);
        expect([name, label, detector]).not.toContain("");
      }
    }
    expect(await api.boxes({ photo: unread })).toBeNull();
    expect(await refusal(api.boxes({ photo: 999_999 }))).toBe("no-photo");
  });
});

// guarantee: undo
test("rejects one box without a verdict on its label, and undo brings it back", async () => {
  const { api } = await openReal();
  const [photo, boxes] = [...(await boxesOf(api)).boxed].find(([, found]) => found.length > 1)!;
  const [{ label, box, detector, name }] = boxes;
  const rejected = { photo, label, box, detector };
  const now = async () => {
    const { undo, redo, verdicts } = (await api.library())!;
    return { boxes: alone((await api.boxes({ photo }))!), undo, redo, verdicts };
  };
  const [all, others] = [alone(boxes), alone(boxes.slice(1))];
  const words = `Reject box “${name}”`;
  await api.judgeBoxes({ boxes: [rejected], verdict: "reject" });
  expect(await now()).toEqual({ boxes: others, undo: words, redo: null, verdicts: 0 });
  expect((await api.photo({ photo })).rejected).toEqual([]);
  expect(await refusal(api.judgeBoxes({ boxes: [rejected], verdict: "reject" }))).toBe("no-box");
  expect(await refusal(api.judgeBoxes({ boxes: [rejected, { ...rejected, photo: 999_999 }], verdict: "reject" }))).toBe(
    "no-photo",
  );
  expect(await api.undo()).toEqual({ undone: words });
  expect(await now()).toEqual({ boxes: all, undo: null, redo: words, verdicts: 0 });
  expect(await api.redo()).toEqual({ redone: words });
  expect(await now()).toEqual({ boxes: others, undo: words, redo: null, verdicts: 0 });
});

test("a rejected box is no evidence for its label, nor one of the photo's people, until undo", async () => {
  const { api } = await openReal();
  const [photo, boxes] = [...(await boxesOf(api)).boxed][0];
  const scoreOf = async (name: string) => {
    const { labels, guesses } = await api.photo({ photo });
    return [...labels, ...guesses].find((one) => one.name === name)?.score ?? 0;
  };
  const reject = ({ label, box, detector }: PhotoBox) =>
    api.judgeBoxes({ boxes: [{ photo, label, box, detector }], verdict: "reject" });
  const [dog] = boxes.filter(({ name }) => name === "dog");
  const persons = boxes.filter(({ name }) => name === "person");
  const before = await scoreOf("dog");
  expect(before).toBeGreaterThan(0.1);
  await reject(dog);
  expect(await scoreOf("dog")).toBeLessThan(before / 2);
  await api.undo();
  expect(await scoreOf("dog")).toBe(before);

  expect((await api.photo({ photo })).people!.people).toBe(2);
  // Two persons are people, and a dog isn't.
  const { labels, guesses } = await api.photo({ photo });
  const people = [...labels, ...guesses].find((one) => one.name === "people")!.label;
  for (const { name, supports } of boxes) expect([name, supports.includes(people)]).toEqual([name, name === "person"]);
  for (const person of persons) await reject(person);
  expect((await api.photo({ photo })).people!.people).toBe(1); // the face
  await api.undo();
  expect((await api.photo({ photo })).people!.people).toBe(2 - 1);
  await api.undo();
  expect((await api.photo({ photo })).people!.people).toBe(2);
});
