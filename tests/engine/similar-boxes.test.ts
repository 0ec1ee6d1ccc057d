/** What is in boxes, compared: more like this box, and proposals for labels of one's own. */
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { closeStore } from "../../src-main/store/database";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { BoxRef } from "../../src-shared/contract";
import { writeCalibratedPack } from "../fixtures/calibrated-pack";
import { semblance } from "../fixtures/command-line";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";

const SIDE = 96;
/** Where the pack finds a dog in bright photos. */
const DOG = { left: 24, top: 48, width: 48, height: 48 };

/** White photos, each with one colour where the pack finds a dog, and one that is red as a whole. */
async function openPhotos() {
  const [folder, engine] = [temporaryFolder(), await openEngine()];
  const paint = async (name: string, background: string, patch: string) => {
    const { width, height, ...at } = DOG;
    const input = { create: { width, height, channels: 3, background: patch } } as const;
    await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background } })
      .composite([{ input, ...at }])
      .png()
      .toFile(join(folder, name));
  };
  await paint("a red.png", "#ffffff", "#ff2010");
  await paint("b blue.png", "#ffffff", "#1020ff");
  await paint("c red.png", "#ffffff", "#f02020");
  await paint("d green.png", "#ffffff", "#20ff20");
  const { library, dispose } = await openFolder(engine.home, folder, { pack: writeCalibratedPack(temporaryFolder()) });
  await dispose();
  closeStore(library.store);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  const { photos } = await engine.api.browse({ sort: "name", descending: false, group: "none" });
  const dogOf = async (photo: number): Promise<BoxRef> => {
    const { label, box, detector } = (await engine.api.boxes({ photo }))!.find(({ name }) => name === "dog")!;
    return { photo, label, box, detector };
  };
  return { ...engine, folder, photos, dogOf };
}

test("finds the photos whose boxes look like a box, and says which box it is", async () => {
  const { api, idle, photos, dogOf, folder, home, close } = await openPhotos();
  const [red, , otherRed] = photos as [number, number, number, number];
  const likeBox = await dogOf(red);
  const view = { likeBox, sort: "relevance", descending: true, group: "none" } as const;
  await api.browse(view); // compares the boxes in the background
  await idle();
  const found = await api.browse(view);
  expect(found.photos).toHaveLength(3); // without the box's own photo
  expect(found.photos[0]).toBe(otherRed);
  expect(found.boxes![0]).toEqual((await dogOf(otherRed)).box);
  expect(found.scores![0]).toBeGreaterThan(0.99);
  expect(found.scores![1]).toBeLessThan(0.95);
  await expect(api.browse({ ...view, likeBox: { ...likeBox, photo: 999 } })).rejects.toMatchObject({
    code: "no-photo",
  });

  await close();
  const place = likeBox.box.map(String);
  const listed = await semblance(home, ["boxes", folder, "--like", "a red.png", ...place]);
  expect(listed.stdout.split("\n")[0]).toBe("100%  0.2500 0.5000 0.7500 1.0000  c red.png");
  const refused = await semblance(home, ["boxes", folder, "--like", "a red.png", "0.5", "2"]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--like takes a file and the left, top, right and bottom of a box, from 0 to 1");
});

test("a box's features are computed once", async () => {
  const { api, idle, photos, dogOf } = await openPhotos();
  const view = { likeBox: await dogOf(photos[0]!), sort: "relevance", descending: true, group: "none" } as const;
  const jobs = async () => (await api.jobs()).filter(({ kind }) => kind === "crops");
  await api.browse(view);
  await idle();
  expect(await jobs()).toMatchObject([{ state: "done", total: 3 }]); // photos
  await api.browse({ ...view, likeBox: await dogOf(photos[1]!) }); // the same boxes
  await idle();
  expect(await jobs()).toHaveLength(1 + 1); // the first box, which its own search left out
});

test("ten boxes of a label of one's own bring proposals, which are no verdicts", async () => {
  const { api, idle, photos, dogOf, folder, home, close } = await openPhotos();
  const [red, , otherRed] = photos as [number, number, number, number];
  const label = "own:my bike";
  const [left, top, right, bottom] = (await dogOf(red)).box;
  for (let i = 1; i <= 9; i++)
    await api.drawBox({ photo: red, label, box: [left + i / 100, top + i / 100, right, bottom] });
  const proposed = async () => {
    const { photos, boxes, verdicts, counts } = await api.boxTiles({ label, state: "proposed", order: "doubt" });
    return { found: photos.map((photo, i) => ({ photo, box: boxes.slice(4 * i, 4 * i + 4) })), verdicts, counts };
  };
  expect(await proposed()).toMatchObject({ found: [], counts: { accepted: 9 } });
  await api.drawBox({ photo: red, label, box: [left, top, right, bottom] });
  await idle();
  const before = await api.library();
  await proposed(); // compares the boxes in the background
  await idle();
  const { found, verdicts, counts } = await proposed();
  expect(counts.accepted).toBe(10);
  const { photo, box, detector } = await dogOf(otherRed);
  expect(found[0]).toEqual({ photo, box });
  expect(new Set(verdicts)).toEqual(new Set([null]));
  expect(await api.library()).toEqual(before); // neither a verdict nor a step to undo
  expect((await api.boxes({ photo }))!.map((one) => one.label)).not.toContain(label);

  await api.judgeBoxes({ boxes: [{ photo, label, box, detector }], verdict: "reject" });
  await idle();
  expect((await proposed()).found).not.toContainEqual({ photo, box });
  await api.undo();
  await api.judgeBoxes({ boxes: [{ photo, label, box, detector }], verdict: "accept" });
  expect((await api.boxes({ photo }))!.map((one) => [one.name, one.verdict])).toContainEqual(["my bike", "accept"]);
  expect((await api.photo({ photo })).labels.find((one) => one.label === label)?.source).toBe("added"); // it is taught
  expect((await proposed()).found).not.toContainEqual({ photo, box });

  await api.undo();
  await close();
  const listed = await semblance(home, ["boxes", folder, "--label", "my bike", "--state", "proposed"]);
  expect(listed.stdout.split("\n")[0]).toContain("c red.png");
});
