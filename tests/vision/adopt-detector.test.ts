import { describe, expect, test } from "vitest";
import { adoptDetector, DETECTOR_NAMES } from "../../src-main/vision/adopt-detector";
import { MAX_IOU, MIN_SCORE } from "../../src-main/vision/compose-detections";
import { letterboxed, planesOf, stretched } from "../../src-main/vision/compose-detector-input";
import { detectorForm } from "../../src-main/vision/detector-form";
import { composeGraph } from "../../src-main/vision/onnx-compose";
import { extendedGraph, modelFile } from "../../src-main/vision/onnx-extend";
import { reducedInput } from "../../src-main/vision/reduced-input";
import {
  BOXES,
  CELLS,
  CLASSES,
  deployedDetrFile,
  detrFile,
  GRID,
  LABELS,
  LOGITS,
  PLACES,
  SCORES,
  SIDE,
  yoloxFile,
} from "../fixtures/exported-detectors";
import { runOnnx } from "../fixtures/run-onnx";
import { cornersOf, type SlowBox, slowDetections, slowResized } from "../fixtures/slow-detections";
import { onnxFile } from "../fixtures/small-onnx";

const SETTINGS = { size: { height: SIDE, width: SIDE }, classes: CLASSES, mean: [0, 0, 0], std: [1, 1, 1] };
const photo = (width: number, height: number) =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => (97 * i + 13 * ((i / 3) | 0)) % 256);

async function found(file: Uint8Array, width: number, height: number): Promise<SlowBox[]> {
  const form = detectorForm(file)!;
  const made = adoptDetector(file, form, SETTINGS);
  const outputs = await runOnnx(made, {
    [DETECTOR_NAMES.input]: { values: photo(width, height), dims: [1, height, width, 3] },
  });
  const [boxes, scores, classes] = [
    outputs[DETECTOR_NAMES.outputs.boxes]!,
    outputs[DETECTOR_NAMES.outputs.scores]!,
    outputs[DETECTOR_NAMES.outputs.classes]!,
  ];
  expect([boxes.dims, scores.dims, classes.dims]).toEqual([
    [1, 100, 4],
    [1, 100],
    [1, 100],
  ]);
  const all = scores.values.map((score, i) => ({
    box: boxes.values.slice(4 * i, 4 * i + 4),
    score,
    class: classes.values[i]!,
  }));
  const k = all.filter(({ score }) => score > 0).length;
  expect(k).toBeGreaterThan(5);
  expect(all.slice(k)).toEqual(all.slice(k).map(() => ({ box: [0, 0, 0, 0], score: 0, class: 0 })));
  return all.slice(0, k);
}

function expectSame(boxes: SlowBox[], wanted: SlowBox[]): void {
  expect(boxes.map((each) => each.class)).toEqual(wanted.map((each) => each.class));
  boxes.forEach(({ box, score }, i) => {
    expect(score).toBeCloseTo(wanted[i]!.score, 5);
    box.forEach((side, s) => expect(side).toBeCloseTo(wanted[i]!.box[s]!, 5));
  });
}

describe("YOLOX", () => {
  /** In an input where the photo takes up width × height pixels from the top left. */
  const slow = (width: number, height: number) =>
    slowDetections(
      GRID.map(([x, y, w, h], i) => {
        const [column, row, stride] = PLACES[i]!;
        const sides = [Math.exp(w!) * stride!, Math.exp(h!) * stride!];
        return cornersOf([(x! + column!) * stride!, (y! + row!) * stride!, ...sides]).map(
          (side, s) => side / (s % 2 === 0 ? width : height),
        );
      }),
      GRID.map((row) => row.slice(5).map((score) => score * row[4]!)),
      MAX_IOU,
      MIN_SCORE,
    );

  test.each([
    ["the grid's numbers, a photo of the input's size", false, 64, 64, 64, 64],
    ["the grid's numbers, an oblong photo that is too large", false, 120, 90, 64, 48],
    ["decoded boxes, an upright photo that is too small", true, 24, 32, 48, 64],
  ])("%s", async (_, decoded, width, height, takenWidth, takenHeight) => {
    expect(detectorForm(yoloxFile({ decoded }))).toMatchObject({ kind: "yolox", decoded, classes: CLASSES });
    expectSame(await found(yoloxFile({ decoded }), width, height), slow(takenWidth, takenHeight));
  });

  test("refuses a grid that does not fit", () => {
    const file = yoloxFile({ cells: CELLS - 1 });
    expect(() => adoptDetector(file, detectorForm(file)!, SETTINGS)).toThrow(
      "its output has 83 boxes, but the grids of 64 × 64 pixels have 84 or 85",
    );
  });
});

describe("RT-DETR and D-FINE", () => {
  const corners = BOXES.map(cornersOf);

  test("as optimum exports them", async () => {
    expect(detectorForm(detrFile())).toMatchObject({ kind: "detr", size: null, classes: CLASSES });
    const scores = LOGITS.map((row) => row.map((logit) => 1 / (1 + Math.exp(-logit))));
    expectSame(await found(detrFile(), 80, 48), slowDetections(corners, scores, MAX_IOU, MIN_SCORE));
  });

  test("as their own scripts export them", async () => {
    expect(detectorForm(deployedDetrFile())).toMatchObject({ kind: "detr-deployed", classes: null });
    const scores = SCORES.map((score, i) => Array.from({ length: CLASSES }, (_, c) => (c === LABELS[i] ? score : 0)));
    expectSame(await found(deployedDetrFile(), 80, 48), slowDetections(corners, scores, MAX_IOU, MIN_SCORE));
  });

  test("refuses another number of classes", () => {
    const form = detectorForm(detrFile())!;
    expect(() => adoptDetector(detrFile(), form, { ...SETTINGS, classes: 80 })).toThrow(
      "the network has 3 classes, not 80",
    );
  });
});

/** What a network gets of a photo: an identity with something before it. */
async function placed(
  place: typeof letterboxed,
  width: number,
  height: number,
  size: { width: number; height: number },
  opset: number,
): Promise<{ pixels: number[]; extent: number[] }> {
  const before = composeGraph("before");
  const after = composeGraph("after");
  const { pixels, extent } = place(before, planesOf(before, "photo"), size);
  before.call(pixels, "x");
  after.call(extent, "extent");
  const network = onnxFile(
    [{ op: "Identity", inputs: ["x"], outputs: ["y"] }],
    [],
    { name: "x", dims: [1, 3, "h", "w"] },
    { y: { dims: [1, 3, "h", "w"] } },
    opset,
  );
  const outputs = [
    { name: "y", type: 1, dims: [1, 3, "h", "w"] },
    { name: "extent", type: 1, dims: [4] },
  ];
  const inputs = [{ name: "photo", type: 2, dims: [1, "h", "w", 3] }];
  const file = modelFile(network, extendedGraph(network, { before, after, inputs, outputs }), {});
  const found = await runOnnx(file, { photo: { values: photo(width, height), dims: [1, height, width, 3] } });
  return { pixels: found.y!.values, extent: found.extent!.values };
}

describe("pixels", () => {
  const at = (pixels: number[], size: { width: number; height: number }, x: number, y: number) =>
    [0, 1, 2].map((c) => pixels[(c * size.height + y) * size.width + x]!);

  test.each([
    [11, 90, 60, 32, 21],
    [18, 20, 40, 16, 32],
    [18, 32, 24, 32, 24],
  ])("letterbox, operator set %i: %i × %i", async (opset, width, height, w, h) => {
    const size = { width: 32, height: 32 };
    const { pixels, extent } = await placed(letterboxed, width, height, size, opset);
    expect(extent).toEqual([w, h, w, h]);
    const wanted = slowResized(photo(width, height), width, height, w, h);
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++) {
        const rgb = x < w && y < h ? wanted.slice((y * w + x) * 3, (y * w + x) * 3 + 3) : [114, 114, 114];
        at(pixels, size, x, y).forEach((value, c) => expect(value).toBeCloseTo(rgb[2 - c]!, 2)); // blue first
      }
  });

  test("stretch", async () => {
    const size = { width: 24, height: 16 };
    const { pixels, extent } = await placed(stretched, 40, 40, size, 14);
    expect(extent).toEqual([24, 16, 24, 16]);
    const wanted = slowResized(photo(40, 40), 40, 40, 24, 16);
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 24; x++)
        at(pixels, size, x, y).forEach((value, c) => expect(value).toBeCloseTo(wanted[(y * 24 + x) * 3 + c]!, 2));
  });
});

test("a detector that is kept sees photos at the size it is used to", async () => {
  // gives height and width of what it sees
  const network = onnxFile(
    [
      { op: "Shape", inputs: ["pixels"], outputs: ["shape"] },
      { op: "Cast", inputs: ["shape"], outputs: ["boxes"], attributes: { to: 1 } },
      { op: "Identity", inputs: ["boxes"], outputs: ["scores"] },
      { op: "Identity", inputs: ["shape"], outputs: ["classes"] },
    ],
    [],
    { name: "pixels", type: 2, dims: [1, "h", "w", 3] },
    { boxes: { dims: [4] }, scores: { dims: [4] }, classes: { dims: [4], type: 7 } },
  );
  const names = { input: "pixels", outputs: { boxes: "boxes", scores: "scores", classes: "classes" } };
  const reduced = reducedInput(network, names, { longSide: 64, multiple: 32 });
  const { boxes } = await runOnnx(reduced.network, {
    [reduced.input]: { values: photo(160, 100), dims: [1, 100, 160, 3] },
  });
  expect(boxes!.values).toEqual([1, 32, 64, 3]);
  const twice = reducedInput(reduced.network, { ...names, input: reduced.input }, { longSide: 128, multiple: 1 });
  expect(twice.input).not.toBe(reduced.input);
});
