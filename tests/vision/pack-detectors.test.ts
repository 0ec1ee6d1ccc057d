import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writePack } from "../../src-main/lab/write-pack";
import { loadDetector } from "../../src-main/vision/detector";
import { readPack } from "../../src-main/vision/pack";
import { temporaryFolder } from "../fixtures/photo-folder";
import {
  DETECTED,
  DETECTOR,
  detectorFile,
  type DetectorOutput,
  DETECTORS,
  FOUND,
  writeDetectorPack,
} from "../fixtures/small-detector";
import { COLOURS, FEATURES, type Node, onnxFile, type Weights, writeColourPack } from "../fixtures/small-onnx";

const made = (...spoilt: Parameters<typeof writeDetectorPack> extends [string, ...infer Rest] ? Rest : never) =>
  writeDetectorPack(temporaryFolder(), ...spoilt);
/** @param level of all pixels, 0..255 */
const picture = (width: number, height: number, level = 255) => ({
  data: new Uint8Array(width * height * 3).fill(level),
  width,
  height,
});

describe("a pack of format 2", () => {
  test("describes its detectors, which do not affect the features' id", () => {
    const pack = readPack(made());
    expect(pack.detection).toMatchObject({ longSide: 64, multiple: 16 });
    const [detector] = pack.detection!.detectors;
    expect(detector).toMatchObject({
      name: "small",
      kind: "objects",
      licence: "none",
      input: "pixels",
      classes: DETECTED,
    });
    expect(detector.id).toMatch(/^[0-9a-f]{16}$/);
    expect(pack.visualId).toBe(readPack(writeColourPack(temporaryFolder())).visualId);
  });

  test("has other detector ids if its detectors find other things", () => {
    const idOf = (...spoilt: Parameters<typeof made>) => readPack(made(...spoilt)).detection!.detectors[0].id;
    const id = idOf();
    const moved = { ...FOUND, scores: [0.8, 0.5, 0] };
    expect(idOf({}, detectorFile(moved))).not.toBe(id);
    expect(idOf({ detectors: { ...DETECTORS, input: { longSide: 128, multiple: 16 } } })).not.toBe(id);
    expect(idOf({}, undefined, [{ ...DETECTED[0], name: "cat" }, DETECTED[1]])).not.toBe(id);
    // Thresholds are applied to stored boxes, and descriptions have no effect.
    expect(idOf({}, undefined, [{ ...DETECTED[0], threshold: 0.7 }, DETECTED[1]])).toBe(id);
    expect(
      idOf({ detectors: { ...DETECTORS, networks: [{ ...DETECTOR, licence: "MIT", source: "elsewhere" }] } }),
    ).toBe(id);
  });

  test("gives the mean roots of features, if it has them", () => {
    const folder = made({ statistics: "statistics.f32" });
    writeFileSync(join(folder, "statistics.f32"), new Uint8Array(Float32Array.of(1, 2, 3, 4, 5, 6).buffer));
    expect([...readPack(folder).statistics!.rootMean]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(readPack(made()).statistics).toBeNull();
    writeFileSync(join(folder, "statistics.f32"), new Uint8Array(20));
    expect(() => readPack(folder)).toThrow(
      `statistics.f32 holds 5 numbers, the mean roots of ${FEATURES} features need ${FEATURES}`,
    );
  });

  test("equals format 1 if it describes nothing more, and format 1 has no detectors", () => {
    expect(readPack(made({ detectors: undefined })).detection).toBeNull();
    expect(readPack(made({ format: 1 })).detection).toBeNull();
  });

  const network = (change: object) => ({ detectors: { ...DETECTORS, networks: [{ ...DETECTOR, ...change }] } });
  test.each<[string, string, Parameters<typeof made>]>([
    ["network is missing", "other.onnx is missing", [network({ file: "other.onnx" })]],
    [
      "network is outside the pack",
      'file name "../small.onnx" points outside the pack',
      [network({ file: "../small.onnx" })],
    ],
    ["network has another hash than stated", "small.onnx has SHA-256", [{ sha256: { "small.onnx": "0".repeat(64) } }]],
    ["classes have another hash than stated", "small.json has SHA-256", [{ sha256: { "small.json": "0".repeat(64) } }]],
    ["network is empty", "can’t use small.onnx: 0 bytes contain no ONNX graph", [{}, new Uint8Array(0)]],
    [
      "network loops",
      "can’t use small.onnx: operator Loop may run forever",
      [{}, graphOf([{ op: "Loop", inputs: ["pixels"], outputs: ["boxes"] }])],
    ],
    [
      "network contains NaN",
      'tensor "found/scores" contains numbers that are not finite',
      [{}, detectorFile({ ...FOUND, scores: [NaN, 0, 0] })],
    ],
    ["list of classes is empty", "expected array to have >=1 items", [{}, undefined, []]],
    [
      "classes have equal names",
      "the 2 classes of small.json have only 1 different names",
      [{}, undefined, [DETECTED[0], DETECTED[0]]],
    ],
    ["threshold is out of range", "expected number to be <=1", [{}, undefined, [{ ...DETECTED[0], threshold: 30 }]]],
    ["class has no threshold", "expected number, received undefined", [{}, undefined, [{ name: "dog" }]]],
    ["wnid is invalid", "must match pattern", [{}, undefined, [{ ...DETECTED[0], wnid: "dog" }]]],
    ["faces have two classes", "small.json names 2 classes, but a face detector has 1", [network({ kind: "faces" })]],
    ["kind is unknown", 'expected one of "objects"|"faces"', [network({ kind: "letters" })]],
    ["outputs are not named", "expected string, received undefined", [network({ outputs: { boxes: "boxes" } })]],
    [
      "name is used twice",
      "its 2 detectors have only 1 different names",
      [{ detectors: { ...DETECTORS, networks: [DETECTOR, DETECTOR] } }],
    ],
    ["list is empty", "expected array to have >=1 items", [{ detectors: { ...DETECTORS, networks: [] } }]],
    [
      "pictures are huge",
      "expected number to be <=4096",
      [{ detectors: { ...DETECTORS, input: { longSide: 1e6, multiple: 16 } } }],
    ],
    [
      "multiple is 0",
      "expected number to be >=1",
      [{ detectors: { ...DETECTORS, input: { longSide: 64, multiple: 0 } } }],
    ],
  ])("whose detector's %s is refused with the reason", (_, message, spoilt) => {
    const folder = made(...spoilt);
    expect(() => readPack(folder)).toThrow(
      expect.objectContaining({ code: "bad-pack", message: expect.stringContaining(message) }),
    );
    expect(() => readPack(folder)).toThrow(folder);
  });
});

test("a pack with randomly altered detector descriptions is refused, or is read as described", () => {
  const folder = made();
  const [description, classes] = ["pack.json", "small.json"].map((name) => readFileSync(join(folder, name), "utf8"));
  const from = description.indexOf('"detectors"');
  /** Replaces a few characters, from `least` on. */
  const spoilt = (text: string, least: number) =>
    fc
      .tuple(fc.integer({ min: least, max: text.length }), fc.nat(6), fc.string({ unit: "binary", maxLength: 6 }))
      .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length));
  const anything = (text: string, least: number) => fc.oneof(spoilt(text, least), fc.constant(text), fc.json());
  fc.assert(
    fc.property(anything(description, from), anything(classes, 0), (one, other) => {
      writeFileSync(join(folder, "pack.json"), one);
      writeFileSync(join(folder, "small.json"), other);
      try {
        for (const { id, classes: named, outputs } of readPack(folder).detection?.detectors ?? []) {
          expect(id).toMatch(/^[0-9a-f]{16}$/);
          expect(named.every(({ name, threshold }) => name !== "" && threshold >= 0 && threshold <= 1)).toBe(true);
          expect(Object.values(outputs).every((name) => name !== "")).toBe(true);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: "bad-pack", message: expect.stringContaining(folder) as string });
      }
    }),
    { seed: 5, numRuns: 150 },
  );
});

/** A graph that is checked, but never run. */
function graphOf(nodes: Node[], weights: Weights[] = []): Uint8Array {
  return onnxFile(
    nodes,
    weights,
    { name: "pixels", type: 2, dims: ["n", "h", "w", 3] },
    { boxes: { dims: ["n", "k", 4] } },
  );
}

describe("a detector", () => {
  const load = async (...spoilt: Parameters<typeof made>) => {
    const pack = readPack(made(...spoilt));
    return loadDetector(pack, pack.detection!.detectors[0]);
  };

  test("gives its boxes in descending order of score, without those of score 0", async () => {
    const detector = await load();
    const found = await detector.detect(picture(64, 48));
    expect([...found.boxes]).toEqual(FOUND.boxes.slice(0, 8));
    expect([...found.scores].map((score) => score.toFixed(4))).toEqual(["0.9000", "0.5000"]);
    expect([...found.classes]).toEqual([1, 0]);
    expect(await detector.detect(picture(16, 16, 0))).toEqual({
      boxes: new Float32Array(0),
      scores: new Float32Array(0),
      classes: new Uint16Array(0),
    });
    await detector.dispose();
  });

  test("refuses pixels that don't match the pack's size", async () => {
    const detector = await load();
    await expect(detector.detect(picture(60, 48))).rejects.toThrow(
      "60 × 48 pixels with 8640 bytes; both sides must be multiples of 16",
    );
    await expect(detector.detect({ ...picture(64, 48), data: new Uint8Array(7) })).rejects.toThrow(
      "64 × 48 pixels with 7 bytes",
    );
    await detector.dispose();
  });

  test("may place a corner slightly outside through rounding; it is moved to the edge", async () => {
    const detector = await load({}, detectorFile({ boxes: [-1e-6, 0, 1.0000005, 1], scores: [1], classes: [0] }));
    expect([...(await detector.detect(picture(64, 64))).boxes]).toEqual([0, 0, 1, 1]);
    await detector.dispose();
  });

  const found = (change: Partial<DetectorOutput>): Uint8Array => detectorFile({ ...FOUND, ...change });
  const outputs = (change: object) => ({
    detectors: { ...DETECTORS, networks: [{ ...DETECTOR, outputs: { ...DETECTOR.outputs, ...change } }] },
  });
  const many = { boxes: Array(404).fill(0), scores: Array(101).fill(0), classes: Array(101).fill(0) } as DetectorOutput;
  test.each<[string, string, Parameters<typeof made>]>([
    [
      "lacks the named input",
      "has no input image, only pixels",
      [{ detectors: { ...DETECTORS, networks: [{ ...DETECTOR, input: "image" }] } }],
    ],
    ["lacks the named output", "has no output labels, only boxes, scores, classes", [outputs({ classes: "labels" })]],
    [
      "takes floats",
      "takes float32 [n, h, w, 3] as pixels, not uint8 [n, h, w, 3]",
      [{}, detectorFile(FOUND, { input: 1 })],
    ],
    ["gives classes as 32 bits", "] as classes, not int64", [{}, detectorFile(FOUND, { classType: 6 })]],
    ["gives floats as classes", "] as scores, not int64", [outputs({ classes: "scores" })]],
    [
      "gives more scores than boxes",
      "gives boxes [1, 2, 4], scores [1, 3] and classes [1, 3]",
      [{}, found({ boxes: [0, 0, 1, 1, 0, 0, 1, 1] })],
    ],
    ["gives too many boxes", "gives 101 boxes, more than the maximum of 100", [{}, detectorFile(many)]],
    ["gives a score above 1", "gives box 0 a score of", [{}, found({ scores: [3, 0.5, 0] })]],
    ["gives a score below 0", "gives box 2 a score of -", [{}, found({ scores: [0.5, 0.5, -1] })]],
    ["gives the lowest score first", "does not order boxes by score: box 1", [{}, found({ scores: [0.5, 0.9, 0] })]],
    [
      "gives a class that the pack lacks",
      "gives box 0 class 2, but the pack names 2 classes",
      [{}, found({ classes: [2, 0, 0] })],
    ],
    [
      "gives a negative class",
      "gives box 1 class -1, but the pack names 2 classes",
      [{}, found({ classes: [0, -1, 0] })],
    ],
    [
      "gives boxes in pixels",
      "puts a side of box 0 at 64, outside 0 to 1",
      [{}, found({ boxes: [0, 0, 64, 48, 0, 0, 1, 1, 0, 0, 0, 0] })],
    ],
    [
      "gives corners in the wrong order",
      "gives box 1 corners in the wrong order: 1, 1, 0, 0",
      [{}, found({ boxes: [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0] })],
    ],
    ["divides by zero", "gives box 0 a score of NaN", [{}, dividing()]],
    [
      "can't be run",
      "can’t run small.onnx",
      [{}, graphOf([{ op: "Unheard", inputs: ["pixels"], outputs: ["boxes"] }])],
    ],
  ])("that %s is refused when loaded, with the reason", async (_, message, spoilt) => {
    await expect(load(...spoilt)).rejects.toMatchObject({
      code: "bad-pack",
      message: expect.stringContaining(message) as string,
    });
  });
});

/** Its numbers are finite, but its output is not. */
function dividing(): Uint8Array {
  const weights: Weights[] = [
    { name: "zero", dims: [1, 1], values: Float32Array.of(0) },
    { name: "box", dims: [1, 1, 4], values: Float32Array.of(0, 0, 1, 1) },
    { name: "class", dims: [1, 1], values: BigInt64Array.of(0n) },
  ];
  return onnxFile(
    [
      { op: "Div", inputs: ["zero", "zero"], outputs: ["scores"] },
      { op: "Identity", inputs: ["box"], outputs: ["boxes"] },
      { op: "Identity", inputs: ["class"], outputs: ["classes"] },
    ],
    weights,
    { name: "pixels", type: 2, dims: ["n", "h", "w", 3] },
    {
      boxes: { dims: ["n", "k", 4] },
      scores: { dims: ["n", "k"] },
      classes: { dims: ["n", "k"], type: 7 },
    },
  );
}

describe("a pack that is made from another", () => {
  const SCENES = { scenes: { weights: "scenes.f32", classes: "scenes.json" }, statistics: "means.f32" };
  const derive = async (sameFeatures: boolean, base = made(SCENES)) => {
    writeFileSync(join(base, "scenes.json"), JSON.stringify([{ name: "grass", wnid: null, from: 0.5 }]));
    writeFileSync(
      join(base, "scenes.f32"),
      new Uint8Array(Float32Array.from({ length: 2 * FEATURES + 1 }, (_, i) => i).buffer),
    );
    writeFileSync(join(base, "means.f32"), new Uint8Array(Float32Array.from({ length: FEATURES }, (_, i) => i).buffer));
    const [pack, out] = [readPack(base), join(temporaryFolder(), "out")];
    await writePack(
      temporaryFolder(),
      pack,
      out,
      {
        name: "out",
        title: "",
        licence: "none",
        source: "a test",
        sameFeatures,
        visual: readFileSync(pack.visual.file),
        classes: COLOURS.map(({ name, wnid }) => ({ name, wnid })),
      },
      () => Promise.resolve({ prototypes: new Float32Array(COLOURS.length * FEATURES), card: "# out\n" }),
    );
    return { pack, derived: readPack(out) };
  };

  test("keeps its detectors and their ids, and scenes and statistics only if the features are the same", async () => {
    for (const same of [true, false]) {
      const { pack, derived } = await derive(same);
      const [before, after] = [pack, derived].map(({ detection }) =>
        detection!.detectors.map((detector) => ({ ...detector, file: "" })),
      );
      expect(after).toEqual(before);
      expect(derived.detection).toMatchObject({ longSide: 64, multiple: 16 });
      expect(derived.scenes).toEqual(same ? pack.scenes : null);
      expect(derived.statistics).toEqual(same ? pack.statistics : null);
      const detector = await loadDetector(derived, derived.detection!.detectors[0]);
      expect((await detector.detect(picture(64, 64))).classes).toHaveLength(2);
      await detector.dispose();
    }
  });

  test("includes the licence texts, and is of format 1 if it needs nothing of format 2", async () => {
    const base = made({ detectors: undefined, ...SCENES });
    writeFileSync(join(base, "LICENCE-MIT.txt"), "Permission is hereby granted");
    const { derived } = await derive(false, base);
    expect(readFileSync(join(derived.folder, "LICENCE-MIT.txt"), "utf8")).toBe("Permission is hereby granted");
    expect(JSON.parse(readFileSync(join(derived.folder, "pack.json"), "utf8"))).toMatchObject({ format: 1 });
  });

  test("is not affected by files that have the names of its own", async () => {
    const base = made({
      detectors: { ...DETECTORS, networks: [{ ...DETECTOR, classes: "prototypes.f32.json" }] },
      ...SCENES,
    });
    writeFileSync(join(base, "prototypes.f32.json"), JSON.stringify(DETECTED));
    expect((await derive(true, base)).derived.detection!.detectors[0].classes).toEqual(DETECTED);
  });
});
