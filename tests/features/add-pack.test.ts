import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { addPack } from "../../src-main/features/packs/add-pack";
import { inspectPack } from "../../src-main/features/packs/inspect-pack";
import { readPack } from "../../src-main/vision/pack";
import type { PackAnswers } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { C, classifierFile, CLASSIFIERS, D, HEAD, WEIGHTS } from "../fixtures/exported-classifiers";
import { CLASSES, detrFile, yoloxFile } from "../fixtures/exported-detectors";
import { temporaryFolder } from "../fixtures/photo-folder";
import { writeDetectorPack } from "../fixtures/small-detector";
import { type Node, onnxFile, type Weights, writeColourPack } from "../fixtures/small-onnx";
import { beside } from "../fixtures/weights-beside";

const GEMM = CLASSIFIERS["ResNet: Flatten, Gemm"]!;
/** A classifier of 8 × 8 pixels. */
const network = (nodes: Node[] = GEMM, change: Parameters<typeof classifierFile>[1] = {}) =>
  classifierFile(nodes, { input: { dims: ["n", 3, 8, 8] }, ...change });
/** A classifier whose features don't depend on the photo. */
const CONSTANT: Node[] = [
  ...GEMM.slice(0, 3),
  { op: "Flatten", inputs: ["pooled"], outputs: ["rows"] },
  { op: "Mul", inputs: ["rows", "zero"], outputs: ["flat"] },
  GEMM.at(-1)!,
];
const ZERO: Weights = { name: "zero", dims: [], values: Float32Array.of(0) };

let home: string;
let folder: string;
let labels: string;
let answers: PackAnswers;
beforeEach(() => {
  folder = temporaryFolder();
  labels = join(folder, "labels.txt");
  writeFileSync(labels, "alpha\nbeta\ngamma\n");
  home = join(temporaryFolder(), "home");
  mkdirSync(home);
  answers = { name: "mine", resize: 9, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], labels };
});
const file = (content: Uint8Array | string, name = "model.onnx"): string => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
};
/** What lies in the data folder, but for speeds and the folder of notes. */
const left = () =>
  readdirSync(home, { recursive: true, encoding: "utf8" }).filter(
    (name) => !["packs", "unfinished", join("packs", "speeds.json")].includes(name),
  );

describe("a classifier", () => {
  test("becomes a pack of its features, that only its owner can read", async () => {
    const added = await addPack(home, file(network()), { ...answers, licence: "MIT", source: "here" });
    expect(added).toMatchObject({ name: "mine", dimensions: D, classes: C, leftOut: [] });
    expect(added.topClasses.map(({ photo }) => photo)).toContain("house cat walking");
    const pack = readPack(join(home, "packs", "mine"));
    expect(pack).toMatchObject({
      name: "mine",
      licence: "MIT",
      source: "here",
      preprocess: { size: 8, resize: { shortSide: 9 } },
      mean: [0.5, 0.5, 0.5],
      batch: null,
      dimensions: D,
    });
    expect(pack.classes.map(({ name }) => name)).toEqual(["alpha", "beta", "gamma"]);
    expect(left().sort()).toEqual(
      ["", "/classes.json", "/pack.json", "/visual.onnx"].map((name) => `packs/mine${name}`),
    );
    expect(statSync(pack.folder).mode & 0o77).toBe(0);
    expect(statSync(pack.visual.file).mode & 0o77).toBe(0);
  });

  test("for one photo at a time, with its weights in a file beside it", async () => {
    const { file: bytes, data } = beside(
      network(GEMM, { input: { dims: [1, 3, 8, 8] }, outputs: { y: { dims: [1, C] } } }),
      "w",
    );
    const path = file(bytes);
    writeFileSync(join(path, "..", "model.onnx.data"), data);
    await addPack(home, path, answers);
    const pack = readPack(join(home, "packs", "mine"));
    expect(pack.batch).toBe(1);
    expect(Buffer.from(readFileSync(pack.visual.file)).includes(Buffer.from(HEAD.buffer))).toBe(true);
  });

  test("replaces a pack only when told to, and nothing if it fails", async () => {
    const path = file(network());
    await addPack(home, path, answers);
    const before = readFileSync(join(home, "packs", "mine", "pack.json"), "utf8");
    await expect(addPack(home, path, answers)).rejects.toMatchObject({ code: "name-taken" });
    const constant = file(network(CONSTANT, { weights: [...WEIGHTS, ZERO] }));
    await expect(addPack(home, constant, { ...answers, overwrite: true })).rejects.toThrow(
      `Can’t use ${constant}: its network gives all 10 pictures the same ${D} features`,
    );
    expect(readFileSync(join(home, "packs", "mine", "pack.json"), "utf8")).toBe(before);
    await addPack(home, path, { ...answers, overwrite: true, resize: 8 });
    expect(readFileSync(join(home, "packs", "mine", "pack.json"), "utf8")).toContain("short side to 8, centre crop 8");
  });
});

describe("a detector", () => {
  const base = (classes: object[] = [{ name: "ball", wnid: null, threshold: 0.4 }]) =>
    writeDetectorPack(temporaryFolder(), {}, undefined, [...classes, { name: "dog", wnid: null, threshold: 0.3 }]);

  test("joins the classifier of a pack in a new one, and takes the place of one that finds the same", async () => {
    const to = base();
    const before = readFileSync(join(to, "pack.json"), "utf8");
    writeFileSync(labels, "dog\nboat\ncar\n");
    const path = file(yoloxFile(), "small-yolox.onnx");
    const added = await addPack(home, path, { name: "both", to, labels, threshold: 0.2 });
    expect(added).toMatchObject({ name: "both", leftOut: ["small"], classes: 4 });
    expect(added.boxes).toEqual([{ detector: "small-yolox", found: expect.any(Number) }]);
    expect(added.boxes[0]!.found).toBeGreaterThan(0);
    const pack = readPack(join(home, "packs", "both"));
    expect(pack.visualId).toBe(readPack(to).visualId);
    expect(pack.detection).toMatchObject({ longSide: 64, multiple: 1 });
    expect(pack.detection!.detectors.map(({ name }) => name)).toEqual(["small-yolox"]);
    expect(pack.detection!.detectors[0]!.classes).toEqual(
      ["dog", "boat", "car"].map((name) => ({ name, wnid: null, threshold: 0.2 })),
    );
    expect(readFileSync(join(to, "pack.json"), "utf8")).toBe(before);
    expect(left()).not.toContain("packs/both/small.onnx");
  });

  test("stays beside one that finds other things, which sees what it saw before", async () => {
    writeFileSync(labels, "boat\ncar\ntree\n");
    const answered = { name: "both", to: base(), labels, size: 96, mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const added = await addPack(home, file(detrFile(), "rt.onnx"), { ...answered, mean: [0, 0, 0], std: [1, 1, 1] });
    expect(added.leftOut).toEqual([]);
    const { detectors, ...input } = readPack(join(home, "packs", "both")).detection!;
    expect(input).toEqual({ longSide: 96, multiple: 1 });
    expect(detectors.map(({ name, input: taken }) => [name, taken])).toEqual([
      ["small", "pixels/larger"],
      ["rt", "semblance/pixels"],
    ]);
  });
});

describe("a pack's folder", () => {
  test("is copied with what belongs to it, under another name too", async () => {
    const from = writeColourPack(temporaryFolder());
    writeFileSync(join(from, "holiday.txt"), "not the pack's");
    writeFileSync(join(from, "LICENSE"), "MIT");
    const added = await addPack(home, from, { name: "colourful" });
    expect(added).toMatchObject({ name: "colourful", classes: 4 });
    expect(readdirSync(added.folder).sort()).toEqual(["LICENSE", "classes.json", "pack.json", "visual.onnx"]);
    expect(readPack(added.folder)).toMatchObject({ name: "colourful", visualId: readPack(from).visualId });
  });

  test.each<[string, (folder: string) => void, string]>([
    ["without a network", (at) => rmSync(join(at, "visual.onnx")), "visual.onnx is missing"],
    [
      "with a link to elsewhere",
      (at) => {
        rmSync(join(at, "visual.onnx"));
        symlinkSync("/etc/hostname", join(at, "visual.onnx"));
      },
      "visual.onnx is a link to",
    ],
    ["with half a description", (at) => writeFileSync(join(at, "pack.json"), "{"), "pack.json is not valid JSON"],
  ])("%s is refused", async (_, spoil, message) => {
    const from = writeColourPack(temporaryFolder());
    spoil(from);
    await expect(addPack(home, from, {})).rejects.toThrow(message);
    expect(left()).toEqual([]);
  });
});

describe("what can't become a pack is refused, and nothing is left behind", () => {
  const valid = network();
  // guarantee: hostile-pack
  test.each<[string, () => string, string | RegExp]>([
    ["no file", () => join(folder, "none.onnx"), "There is no file"],
    ["a folder", () => folder, "is a folder without a pack.json"],
    ["text", () => file("This is not a network, but a letter."), "it is not an ONNX file"],
    ["nothing", () => file(""), "0 bytes contain no ONNX graph"],
    ["half a network", () => file(valid.subarray(0, valid.length >> 1)), /ends at byte \d+ of \d+/],
    ["a loop", () => file(network([{ op: "Loop", inputs: ["x"], outputs: ["y"] }])), "operator Loop may run forever"],
    [
      "a tensor of terabytes",
      () => file(network(GEMM, { weights: [{ name: "w", dims: [1 << 20, 1 << 20], values: HEAD }] })),
      'tensor "w" of shape [1048576, 1048576] and 32 bits a number has 60 bytes',
    ],
    [
      "weights that aren't numbers",
      () => file(network(GEMM, { weights: [{ name: "w", dims: [2], values: Float32Array.of(1, NaN) }] })),
      'tensor "w" contains numbers that are not finite',
    ],
    [
      "two inputs",
      () =>
        file(
          onnxFile(
            GEMM,
            WEIGHTS,
            [
              { name: "x", dims: ["n", 3, 8, 8] },
              { name: "mask", dims: ["n", 1] },
            ],
            { y: C },
          ),
        ),
      "it takes 2 inputs instead of one: float32 x [n, 3, 8, 8]; float32 mask [n, 1]",
    ],
    [
      "another rank",
      () => file(network(GEMM, { input: { dims: ["n", 192] } })),
      "only float32 or float16 [n, 3, h, w]",
    ],
    ["weights in a file that is missing", () => file(beside(valid, "w").file), /There is no file .*model\.onnx\.data/],
    [
      "weights in a file elsewhere",
      () => file(beside(valid, "w", 0, { location: "../../etc/passwd" }).file),
      'its weights are in "../../etc/passwd", which is not a file beside it',
    ],
    [
      "weights beyond the end of a file",
      () => {
        const { file: bytes, data } = beside(valid, "w", 0, { length: "61" });
        const path = file(bytes);
        writeFileSync(join(path, "..", "model.onnx.data"), data);
        return path;
      },
      /it needs 61 bytes of .*model\.onnx\.data from byte 0, but that has only 60/,
    ],
    [
      "a layer that doesn't fit the one before",
      () =>
        file(
          network(GEMM, {
            weights: [
              ...WEIGHTS.slice(2),
              { name: "conv", dims: [2, 3, 1, 1], values: new Float32Array(6) },
              WEIGHTS[1]!,
            ],
          }),
        ),
      /^Can’t use .*model\.onnx: can’t run /,
    ],
  ])("%s", async (_, path, message) => {
    const found = path();
    const refusal: unknown = await addPack(home, found, answers).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect((refusal as Refusal).category).toBe("use");
    expect((refusal as Refusal).message).toMatch(message);
    expect(left()).toEqual([]);
  });

  test.skipIf(process.platform === "win32")("a named pipe, without waiting for a writer", async () => {
    const path = join(temporaryFolder(), "model.onnx");
    execFileSync("mkfifo", [path]);
    await expect(addPack(home, path, answers)).rejects.toThrow("model.onnx is a named pipe, not a file");
    expect(existsSync(join(home, "packs"))).toBe(false);
  });

  test.each<[PackAnswers, string]>([
    [{ labels: "coco" }, "it names 80 classes, but the network has 3"],
    [{ resize: 7 }, "The short side is 7 pixels; it must be from 8 to 32"],
    [{ size: 9 }, "takes 8 × 8 pixels, not 9"],
    [{ kind: "objects" }, "is a classifier with 3 classes, not a detector"],
    [{ to: "efficientnet-lite2" }, "needs no --to. Leave it out"],
    [{ mean: undefined, std: undefined }, "doesn’t say all that a pack needs. Give --mean and --std"],
    [{ name: "../up" }, "can’t be a pack’s name"],
    [{ name: "efficientnet-lite2" }, "is the name of a pack that comes with Semblance"],
  ])("with the answers %j", async (wrong, message) => {
    await expect(addPack(home, file(network()), { ...answers, ...wrong })).rejects.toThrow(message);
    expect(left()).toEqual([]);
  });
});

test("what must be asked depends on what a file says", () => {
  const asked = (path: string) => inspectPack(path).questions.map(({ answer, usual }) => [answer, usual]);
  expect(asked(file(network()))).toEqual([
    ["resize", "9"],
    ["mean", "0.485,0.456,0.406"],
    ["std", "0.229,0.224,0.225"],
    ["labels", null],
  ]);
  expect(asked(file(network(GEMM, { input: { dims: [1, 3, "h", "w"] } })))[0]).toEqual(["size", "224"]);
  expect(asked(file(yoloxFile()))).toEqual([
    ["to", "efficientnet-lite2"],
    ["labels", null],
  ]);
  expect(asked(file(detrFile()))).toEqual([
    ["to", "efficientnet-lite2"],
    ["size", "640"],
    ["mean", "0,0,0"],
    ["std", "1,1,1"],
    ["labels", null],
  ]);
  expect(inspectPack(file(yoloxFile(), "my net (2).onnx"))).toMatchObject({
    name: "my-net-2",
    size: [64, 64],
    classes: CLASSES,
  });
});
