import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { detectorSize } from "../../src-main/base/preprocess";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { type Detector, loadDetector } from "../../src-main/vision/detector";
import { readPack } from "../../src-main/vision/pack";
import { SAMPLE_PHOTOS, samplePhoto } from "../fixtures/sample-photos";

const FOLDER = new URL("../../resources/packs/efficientnet-lite2", import.meta.url).pathname;
const COCO = new URL("../../../shared/photos/coco", import.meta.url).pathname;
const pack = readPack(FOLDER);
const [objects, faces] = pack.detection!.detectors;

/** COCO's 80 classes and their hypernyms: a wrong wnid would have others. */
const KINDS = `
person: organism, causal agent | bicycle: wheeled vehicle | car: motor vehicle | motorcycle: motor vehicle
airplane: heavier-than-air craft
bus: public transport | train: public transport | truck: motor vehicle | boat: vessel | traffic light: light | fire hydrant: hydrant
stop sign: | parking meter: timer | bench: seat | bird: vertebrate | cat: feline | dog: canine, domestic animal | horse: equine
sheep: bovid | cow: cattle | elephant: proboscidean, pachyderm | bear: carnivore | zebra: equine | giraffe: ruminant | backpack: bag
umbrella: canopy | handbag: container | tie: neckwear | suitcase: baggage | frisbee: disk, plaything | ski: runner | snowboard: board
ball: game equipment | kite: plaything | baseball bat: bat, baseball equipment | baseball glove: baseball equipment
skateboard: board, wheeled vehicle | surfboard: board | tennis racket: racket | bottle: vessel | wineglass: glass | cup: crockery, container
fork: cutlery | knife: edge tool | spoon: cutlery, container | bowl: vessel | banana: edible fruit | apple: edible fruit, pome
sandwich: snack food
orange: citrus | broccoli: cruciferous vegetable | carrot: root vegetable | hot dog: sandwich | pizza: dish
donut: friedcake | cake: baked goods | chair: seat | couch: seat | houseplant: plant | bed: bedroom furniture | dining table: table
toilet: plumbing fixture | tv: receiver | laptop: portable computer | mouse: electronic device | remote: device
keyboard: keyboard, data input device | cellphone: radiotelephone | microwave: kitchen appliance | oven: kitchen appliance
toaster: kitchen appliance | sink: plumbing fixture | refrigerator: white goods | book: product | clock: timepiece | vase: jar
scissors: edge tool, compound lever | teddy bear: plaything | hair drier: blower, dryer | toothbrush: brush, toiletry`;

describe("the bundled pack's detectors", () => {
  test("are checked against the SHA-256 of every file named in pack.json", () => {
    const text = readFileSync(join(FOLDER, "pack.json"), "utf8");
    const { sha256 } = JSON.parse(text) as { sha256: Record<string, string> };
    const named = [...text.matchAll(/: "([\w-]+\.(?:onnx|json|f32))"/g)].map((match) => match[1]);
    expect(named).toEqual(
      expect.arrayContaining(["visual.onnx", "classes.json", "objects.onnx", "objects.json", "faces.onnx"]),
    );
    expect(Object.keys(sha256).sort()).toEqual([...new Set(named)].sort());
  });

  test("have classes that WordNet knows, in the sense that COCO means", () => {
    const lexicon = readLexicon();
    const kinds = KINDS.trim()
      .split(/\n| \| /)
      .map((each) => each.split(":").map((part) => part.trim()));
    expect(objects.classes.map(({ name }) => name)).toEqual(kinds.map(([name]) => name));
    kinds.forEach(([name, kind], i) => {
      const label = lexicon.classLabel({ name, wnid: objects.classes[i].wnid ?? undefined });
      if (kind === "") return expect(label).toBe(`own:${name}`);
      expect(
        lexicon.wordnet
          .parents(label)
          .map((parent) => lexicon.wordnet.name(parent))
          .join(", "),
        name,
      ).toBe(kind);
    });
    const face = lexicon.classLabel({ name: faces.classes[0].name, wnid: faces.classes[0].wnid! });
    expect(lexicon.wordnet.parents(face).map((parent) => lexicon.wordnet.name(parent))).toEqual(["external body part"]);
  });

  test("have thresholds above the score from which boxes are stored", () => {
    for (const { name, threshold } of objects.classes) expect(threshold, name).toBeGreaterThanOrEqual(0.15);
    expect(new Set(objects.classes.map(({ threshold }) => threshold)).size).toBeGreaterThan(5);
    expect(faces.classes).toEqual([{ name: "face", wnid: "n05600637", threshold: expect.closeTo(0.6, 1) as number }]);
  });
});

const photos = existsSync(COCO) ? readdirSync(join(COCO, "images")).sort() : [];
const known = (photo: string) =>
  readFileSync(join(COCO, "labels", photo.replace(/\.jpg$/, ".txt")), "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ").map(Number))
    .map(([kind, x, y, w, h]) => ({ kind, x, y, area: w * h }));

async function pixelsOf(path: string) {
  const picture = sharp(path).rotate().removeAlpha().toColourspace("srgb");
  const { width, height } = await sharp(path).metadata();
  const size = detectorSize(width, height, pack.detection!);
  return {
    ...size,
    data: new Uint8Array(
      await picture
        .resize({ ...size, fit: "fill" })
        .raw()
        .toBuffer(),
    ),
  };
}

async function withDetector<T>(of: typeof objects, use: (detector: Detector) => Promise<T>): Promise<T> {
  const detector = await loadDetector(pack, of);
  return use(detector).finally(() => detector.dispose());
}

describe("on the sample photos", () => {
  /** Names and centres of the boxes above the threshold in each photo. */
  const foundBy = (of: typeof objects) =>
    withDetector(of, async (detector) => {
      const found: Record<string, { name: string; x: number; y: number }[]> = {};
      for (const photo of SAMPLE_PHOTOS) {
        const { boxes, scores, classes } = await detector.detect(await pixelsOf(samplePhoto(photo)));
        const sure = [...scores.keys()].filter((i) => scores[i] >= of.classes[classes[i]].threshold);
        found[photo] = sure.map((i) => {
          const [x0, y0, x1, y1] = boxes.subarray(4 * i, 4 * i + 4);
          return { name: of.classes[classes[i]].name, x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
        });
      }
      return found;
    });

  test("detects the boats in the right place, and hardly anything in photos without COCO's classes", async () => {
    const { "nagasaki-boats": boats, ...others } = await foundBy(objects);
    expect(boats[0].name).toBe("boat");
    expect(boats[0].x).toBeCloseTo(0.58, 1);
    expect(boats[0].y).toBeCloseTo(0.42, 1);
    const seen = Object.values(others).flat();
    expect(seen.length).toBeLessThan(3);
    expect(seen.map(({ name }) => name)).not.toContain("person");
  });

  test("detects no faces, because none is large enough", async () => {
    expect(Object.values(await foundBy(faces)).flat()).toEqual([]);
  });
});

describe.skipIf(photos.length === 0)("on everyday photos (skipped without ../shared)", () => {
  test("detect objects, mostly correctly and in the right place", async () => {
    let [said, right, inside] = [0, 0, 0];
    await withDetector(objects, async (detector) => {
      for (const photo of photos.slice(0, 40)) {
        const { boxes, scores, classes } = await detector.detect(await pixelsOf(join(COCO, "images", photo)));
        const there = known(photo);
        for (let i = 0; i < scores.length; i++) {
          const [x0, y0, x1, y1] = boxes.subarray(4 * i, 4 * i + 4);
          if (scores[i] < objects.classes[classes[i]].threshold || (x1 - x0) * (y1 - y0) < 0.01) continue;
          const same = there.filter(({ kind }) => kind === classes[i]);
          said++;
          if (same.length > 0) right++;
          if (same.some(({ x, y }) => x > x0 && x < x1 && y > y0 && y < y1)) inside++;
        }
      }
    });
    expect(said).toBeGreaterThan(60);
    expect(right / said).toBeGreaterThan(0.8);
    expect(inside / right).toBeGreaterThan(0.9);
  });

  test("detect faces in photos of people, and in few others", async () => {
    const hasFace = (detector: Detector, photo: string) =>
      pixelsOf(join(COCO, "images", photo))
        .then((pixels) => detector.detect(pixels))
        .then(({ scores }) => scores.some((score) => score >= faces.classes[0].threshold));
    const people = photos
      .filter((photo) => known(photo).some(({ kind, area }) => kind === 0 && area > 0.1))
      .slice(0, 20);
    const nobody = photos.filter((photo) => known(photo).every(({ kind }) => kind !== 0)).slice(0, 20);
    await withDetector(faces, async (detector) => {
      const seen = [0, 0];
      for (const [i, some] of [people, nobody].entries())
        for (const photo of some) seen[i] += Number(await hasFace(detector, photo));
      expect(seen[0]).toBeGreaterThan(8);
      expect(seen[1]).toBeLessThan(3);
    });
  });
});
