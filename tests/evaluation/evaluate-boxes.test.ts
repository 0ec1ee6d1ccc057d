import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { averagePrecision } from "../../src-main/evaluation/average-precision";
import { boxTables } from "../../src-main/evaluation/box-table";
import { matchClasses } from "../../src-main/evaluation/category-classes";
import { readCocoFolder } from "../../src-main/evaluation/coco-folder";
import { detectBoxes } from "../../src-main/evaluation/detect-boxes";
import { evaluateBoxes } from "../../src-main/evaluation/evaluate-boxes";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { readPack } from "../../src-main/vision/pack";
import { expectAsCocoEval, withoutCocoEval } from "../fixtures/coco-eval";
import { ANNOTATIONS, annotationsOf, CATEGORIES, writeCocoFolder } from "../fixtures/coco-folder";
import { temporaryFolder } from "../fixtures/photo-folder";
import { DETECTED, detectorFile, FOUND, writeDetectorPack } from "../fixtures/small-detector";
import { writeColourPack } from "../fixtures/small-onnx";

const pack = () => writeDetectorPack(temporaryFolder());

/** Evaluates, with the lines of warning and the progress that was reported. */
async function evaluate(boxes: string, packFolder = pack()) {
  const warnings: string[] = [];
  const progress: string[] = [];
  const result = await evaluateBoxes(
    temporaryFolder(),
    { boxes, pack: packFolder },
    {
      warn: (line) => warnings.push(line),
      run: (kind, work) =>
        work({
          job: 1,
          signal: new AbortController().signal,
          isPaused: false,
          progress: (done, total) => progress.push(`${kind} ${done} of ${total}`),
          phase: () => undefined,
          yield: () => Promise.resolve(),
        }),
    },
  );
  return { ...result, warnings, progress };
}

describe("evaluating boxes", () => {
  test("scores the detector's boxes, and reports progress photo by photo", async () => {
    const { mean, categories, warnings, progress, images, detectors } = await evaluate(await writeCocoFolder());
    expect([images, detectors, warnings]).toEqual([3, ["small"], []]);
    const [ball, dog] = categories;
    expect([ball.id, ball.class, ball.boxes]).toEqual([3, "ball", 1]);
    expect(ball.ap).toBeCloseTo(1, 9); // the wrong ball in the grey photo has the lower score
    expect([dog.name, dog.class, dog.boxes]).toEqual(["Dog", "dog", 3]);
    expect(dog.ap).toBeCloseTo(67 / 101, 9); // two of three dogs: recall up to 0.66, nothing wrong
    expect(dog.ar100).toBeCloseTo(2 / 3, 9);
    expect(mean.ap).toBeCloseTo((1 + 67 / 101) / 2, 9);
    expect([mean.apSmall, mean.apLarge]).toEqual([null, null]);
    expect(progress).toEqual(["detect 1 of 3", "detect 2 of 3", "detect 3 of 3"]);
  });

  test("prints percent, the best category first", async () => {
    const text = boxTables(await evaluate(await writeCocoFolder()));
    expect(text).toMatch(/\(small\) on 3 photos with 4 boxes of 2 categories, in percent/);
    expect(text).toMatch(/\| AP +\| +83\.2 \|/);
    expect(text).toMatch(/\| AP small +\| +– \|/);
    expect(text.indexOf("| ball")).toBeLessThan(text.indexOf("| Dog"));
  });

  test("takes the annotations' file, photos beside it, and annotations without areas and crowds", async () => {
    const folder = await writeCocoFolder();
    const bare = ANNOTATIONS.map(({ image_id, category_id, bbox }) => ({ image_id, category_id, bbox }));
    const images = [10, 20, 30].map((id, i) => ({ id, file_name: `images/${i}.png` }));
    const beside = join(folder, "boxes.json");
    writeFileSync(beside, JSON.stringify({ images, annotations: bare, categories: CATEGORIES }));
    const [whole, file] = [await evaluate(folder), await evaluate(beside)];
    expect(file.mean).toEqual(whole.mean);
    expect(file.annotations).toBe(beside);
  });

  test("counts categories that the pack doesn't detect as 0, and warns of them", async () => {
    const folder = await writeCocoFolder({
      categories: [...CATEGORIES, { id: 9, name: "flurblewock" }],
      annotations: [...ANNOTATIONS, { image_id: 10, category_id: 9, bbox: [0, 0, 50, 50] }],
    });
    const { mean, warnings, categories } = await evaluate(folder);
    expect(warnings).toEqual([
      expect.stringMatching(/^Scored 0 because the pack .* doesn’t detect them: flurblewock\.$/),
    ]);
    expect(categories.at(-1)).toMatchObject({ name: "flurblewock", class: null, boxes: 1, ap: 0 });
    expect(mean.ap).toBeCloseTo((1 + 67 / 101) / 3, 9);
  });

  test("counts the boxes of photos that can't be read as missed, and warns of them", async () => {
    const folder = await writeCocoFolder();
    writeFileSync(join(folder, "images", "1.png"), "no photo");
    const { failed, warnings, categories } = await evaluate(folder);
    expect(failed.map(({ path }) => path)).toEqual([join(folder, "images", "1.png")]);
    expect(warnings.join()).toContain("1 of 3 photos can’t be read; boxes in them count as missed.");
    expect(categories[1].ar100).toBeCloseTo(1 / 3, 9);
  });

  test("finds a category by the label that Semblance's own exports name", async () => {
    const lexicon = readLexicon();
    const { detectors } = readPack(pack()).detection!;
    const dog = lexicon.classLabel({ name: "dog", wnid: DETECTED[0].wnid! });
    const found = matchClasses([{ id: 1, name: "my best friend", label: dog }], detectors, lexicon);
    expect(found.get(0)?.class).toBe("dog");
  });

  test("gives a class to one category only, the one of its name", () => {
    const { detectors } = readPack(pack()).detection!;
    const categories = ["domestic dog", "dog"].map((name, id) => ({ id, name }));
    const found = matchClasses(categories, detectors, readLexicon());
    expect([...found].map(([c, match]) => [categories[c].name, match.class])).toEqual([["dog", "dog"]]);
  });
});

describe("evaluating boxes refuses", () => {
  const annotated = (change: object) => writeCocoFolder({ annotations: [{ ...ANNOTATIONS[0], ...change }] });
  const written = async (text: string | Uint8Array) => {
    const folder = await writeCocoFolder();
    writeFileSync(annotationsOf(folder), text);
    return folder;
  };
  test.each<[string, () => Promise<string>, (folder: string) => string]>([
    [
      "a folder that is missing",
      async () => join(temporaryFolder(), "no"),
      (folder) => `There is no COCO folder at ${folder}.`,
    ],
    [
      "a folder without annotations",
      async () => temporaryFolder(),
      (folder) => `${folder} has no annotations: no JSON file lies in it or in ${join(folder, "annotations")}.`,
    ],
    [
      "two files of annotations",
      async () => {
        const folder = await writeCocoFolder();
        writeFileSync(join(folder, "instances_b.json"), "{}");
        return folder;
      },
      (folder) => `${folder} has 2 files of annotations. Give one of them to --boxes: ${annotationsOf(folder)}, `,
    ],
    ["a file that isn't JSON", () => written("{"), (folder) => `${annotationsOf(folder)} isn’t JSON: `],
    [
      "a file that isn't UTF-8",
      () => written(Uint8Array.of(0xff, 0xfe)),
      (folder) => `${annotationsOf(folder)} isn’t UTF-8.`,
    ],
    [
      "JSON of another kind",
      () => written("[]"),
      (folder) => `${annotationsOf(folder)} isn’t in COCO’s instances format. Invalid input`,
    ],
    [
      "no annotations",
      () => writeCocoFolder({ annotations: [] }),
      (folder) => `${annotationsOf(folder)} has no annotations.`,
    ],
    [
      "nothing but crowds",
      () => annotated({ iscrowd: 1 }),
      (folder) => `${annotationsOf(folder)} has only crowds (1), and no box to find.`,
    ],
    [
      "an unknown category",
      () => annotated({ category_id: 99 }),
      (folder) => `${annotationsOf(folder)}: annotation 1 is of category 99, which the file doesn’t list.`,
    ],
    [
      "an unknown image",
      () => annotated({ image_id: 99 }),
      (folder) => `${annotationsOf(folder)}: annotation 1 is of image 99, which the file doesn’t list.`,
    ],
    [
      "a box of three numbers",
      () => annotated({ bbox: [0, 0, 10] }),
      (folder) =>
        `${annotationsOf(folder)} isn’t in COCO’s instances format. annotation 1, bbox: expected x, y, width and height (not negative), received [0,0,10].`,
    ],
    [
      "an annotation that is none",
      () => writeCocoFolder({ annotations: [...ANNOTATIONS, 5 as never] }),
      (folder) => `${annotationsOf(folder)} isn’t in COCO’s instances format. annotation 5: Invalid input`,
    ],
    [
      "a negative width",
      () => annotated({ bbox: [0, 0, -1, 10] }),
      (folder) =>
        `${annotationsOf(folder)} isn’t in COCO’s instances format. annotation 1, bbox: expected x, y, width and height (not negative), received [0,0,-1,10].`,
    ],
    [
      "a box that is no list",
      () => annotated({ bbox: "all" }),
      (folder) =>
        `${annotationsOf(folder)} isn’t in COCO’s instances format. annotation 1, bbox: expected x, y, width and height (not negative), received "all".`,
    ],
    [
      "two categories with one id",
      () => writeCocoFolder({ categories: [...CATEGORIES, { id: 3, name: "again" }] }),
      (folder) => `${annotationsOf(folder)} has two categories with the id 3.`,
    ],
    [
      "missing photos",
      async () => {
        const folder = await writeCocoFolder();
        rmSync(join(folder, "images", "1.png"));
        return folder;
      },
      (folder) =>
        `Can’t find 1 of the 3 images in ${annotationsOf(folder)}. The first is 1.png. Semblance looked in ${folder}, `,
    ],
    [
      "boxes for photos of another size",
      async () => {
        const folder = await writeCocoFolder();
        const turned = sharp({ create: { width: 200, height: 100, channels: 3, background: "white" } });
        await turned.withMetadata({ orientation: 6 }).toFile(join(folder, "images", "1.png"));
        return folder;
      },
      (folder) =>
        `${join(folder, "images", "1.png")} is 100 × 200 pixels when upright, but image 20 in ${annotationsOf(folder)} is 200 × 100.`,
    ],
    [
      "photos of which none can be read",
      async () => {
        const folder = await writeCocoFolder();
        for (const name of readdirSync(join(folder, "images"))) writeFileSync(join(folder, "images", name), "no photo");
        return folder;
      },
      (folder) =>
        `None of the 3 photos in ${annotationsOf(folder)} can be read. The first is ${join(folder, "images", "0.png")}: `,
    ],
    [
      "categories that the pack doesn't detect",
      () => writeCocoFolder({ categories: CATEGORIES.map(({ id }) => ({ id, name: `flurblewock ${id}` })) }),
      (folder) => `detects none of the 2 categories in ${annotationsOf(folder)}: flurblewock 3, flurblewock 7.`,
    ],
  ])("%s", async (_, make, message) => {
    const folder = await make();
    await expect(evaluate(folder)).rejects.toMatchObject({
      code: "bad-dataset",
      message: expect.stringContaining(message(folder)) as string,
    });
  });

  test("a pack without a detector", async () => {
    await expect(evaluate(await writeCocoFolder(), writeColourPack(temporaryFolder()))).rejects.toMatchObject({
      code: "bad-pack",
      message: expect.stringMatching(/^The pack .* has no detector to evaluate\.$/) as string,
    });
  });
});

describe("the bundled pack's detector", () => {
  const bundled = readPack(new URL("../../resources/packs/efficientnet-lite2", import.meta.url).pathname);
  const shared = new URL("../../../shared/photos/coco", import.meta.url).pathname;
  /** As in COCO's own annotations, in the order of the pack's classes. */
  const NAMES = `person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign
    parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase
    frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle
    wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair
    couch potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone microwave oven toaster sink
    refrigerator book clock vase scissors teddy_bear hair_drier toothbrush`
    .split(/\s+/)
    .map((name) => name.replace("_", " "));
  const categories = NAMES.map((name, id) => ({ id, name }));
  const known = matchClasses(categories, bundled.detection!.detectors, readLexicon());

  test("knows COCO's 80 categories by their names", () => {
    expect([...known].sort(([a], [b]) => a - b).map(([c, { index }]) => [c, index])).toEqual(
      NAMES.map((_, i) => [i, i]),
    );
  });

  // COCO's photos with boxes in YOLO's form: no outlines, so areas are those of the boxes, and no crowds.
  test("scores on everyday photos as in COCOeval (skipped without ../shared)", async (context) => {
    if (!existsSync(shared)) context.skip("../shared is missing");
    if (withoutCocoEval !== null) context.skip(withoutCocoEval);
    const names = readdirSync(join(shared, "images")).sort().slice(0, 24);
    const images = [];
    const annotations = [];
    for (const [id, name] of names.entries()) {
      const path = join(shared, "images", name);
      const { width, height } = await sharp(path).metadata();
      images.push({ id, file_name: path, width, height });
      for (const line of readFileSync(join(shared, "labels", name.replace(".jpg", ".txt")), "utf8")
        .trim()
        .split("\n")) {
        const [category_id, x, y, w, h] = line.split(" ").map(Number);
        const bbox = [(x - w / 2) * width, (y - h / 2) * height, w * width, h * height];
        annotations.push({ image_id: id, category_id, bbox });
      }
    }
    const file = join(temporaryFolder(), "boxes.json");
    writeFileSync(file, JSON.stringify({ images, annotations, categories }));
    const folder = readCocoFolder(file);
    const { detected } = await detectBoxes(folder, bundled, known);
    const scores = averagePrecision(folder.truth, detected, NAMES.length);
    expect(scores.mean.ap50).toBeGreaterThan(0.3);
    expectAsCocoEval({ images: images.length, categories: NAMES.length, truth: folder.truth, detected }, scores);
  });
});

test("a detector that breaks its contract ends the evaluation", async () => {
  const broken = writeDetectorPack(temporaryFolder(), {}, detectorFile({ ...FOUND, scores: [0.2, 0.5, 0] }));
  await expect(evaluate(await writeCocoFolder(), broken)).rejects.toThrow("does not order boxes by score");
});
