import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readNetwork } from "../../src-main/features/packs/read-network";
import { adoptClassifier, CLASSIFIER_NAMES } from "../../src-main/vision/adopt-classifier";
import { adoptDetector, DETECTOR_NAMES } from "../../src-main/vision/adopt-detector";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { MAX_IOU, MIN_SCORE } from "../../src-main/vision/compose-detections";
import { declaredValues } from "../../src-main/vision/onnx-values";
import { temporaryFolder } from "../fixtures/photo-folder";
import { runOnnx } from "../fixtures/run-onnx";
import { cornersOf, slowDetections } from "../fixtures/slow-detections";

/** A Python with torch, torchvision, timm, transformers, onnx and onnxscript; see tools/packs/README.md. */
const PYTHON = process.env.SEMBLANCE_PYTHON;
const SCRIPT = fileURLToPath(new URL("../../tools/packs/export-tries.py", import.meta.url));
const MINUTES = 60_000;

const CLASSIFIERS = [
  "resnet18",
  "resnet18_half",
  "resnet18_softmax",
  "mobilenet_v3_small",
  "efficientnet_b0",
  "convnext_tiny",
  "swin_t",
  "swin_t_old",
  "regnet_y_400mf",
  "vit_b_16",
  "vit_b_16_old",
  "timm_vit_tiny",
  "timm_mobilenetv4",
  "timm_convnextv2_atto",
  "timm_efficientnet_lite0",
];
const DETECTORS = ["yolox", "yolox_decoded", "rtdetr", "rtdetr_new", "rtdetr_official", "dfine", "dfine_official"];

/** The picture that the script gives the network: bytes `[size, size, 3]`. */
const waves = (size: number): Uint8Array =>
  Uint8Array.from({ length: size * size * 3 }, (_, i) => Math.round(127.5 * (1 + Math.sin(0.37 * i))));

function exported(name: string) {
  const folder = temporaryFolder();
  execFileSync(PYTHON!, [SCRIPT, folder, name], { stdio: "pipe" });
  const wanted = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Record<string, number[][]>;
  return { folder, network: readNetwork(join(folder, `${name}.onnx`)), wanted };
}

describe.skipIf(!PYTHON)("networks exported by PyTorch (skipped without SEMBLANCE_PYTHON)", () => {
  test.each(CLASSIFIERS)("%s", { timeout: 5 * MINUTES }, async (name) => {
    const { folder, network, wanted } = exported(name);
    if (network.form.kind !== "classifier") throw new Error("taken for a detector");
    const { classifier } = network.form;
    const [size, { dimensions: D, classes: C }] = [224, classifier];
    const file = adoptClassifier(network.bytes, classifier, size);
    const planes = planesOf(waves(size), size);
    const found = await runOnnx(file, { [CLASSIFIER_NAMES.input]: { values: planes, dims: [1, 3, size, size] } });
    const [features, logits] = [found[CLASSIFIER_NAMES.features]!, found[CLASSIFIER_NAMES.logits]!];
    const path = join(folder, "adopted.onnx");
    writeFileSync(path, file);
    const head = readClassifierHead(path, CLASSIFIER_NAMES.logits, C, D);
    const scores = wanted.scores as unknown as number[];
    const expectedLogits = name.endsWith("softmax") ? centred(scores.map(Math.log)) : scores;
    const given = name.endsWith("softmax") ? centred(logits.values) : logits.values;
    const tolerance = (name.endsWith("half") ? 0.02 : 0.002) * Math.max(...expectedLogits.map(Math.abs));
    for (let c = 0; c < C; c++) {
      const product = features.values.reduce((sum, value, d) => sum + value * head.weights[c * D + d]!, head.bias[c]!);
      expect(Math.abs(product - logits.values[c]!)).toBeLessThan(tolerance);
      expect(Math.abs(given[c]! - expectedLogits[c]!)).toBeLessThan(tolerance);
    }
  });

  test("squeezenet1_1 is refused", { timeout: 5 * MINUTES }, () => {
    expect(() => exported("squeezenet1_1")).toThrow("the logits come from GlobalAveragePool, not from a linear layer");
  });

  test.each(DETECTORS)("%s", { timeout: 5 * MINUTES }, async (name) => {
    const { network, wanted } = exported(name);
    if (network.form.kind !== "objects") throw new Error("taken for a classifier");
    const [size, classes] = [320, 80];
    const file = adoptDetector(network.bytes, network.form.detector, {
      size: { height: size, width: size },
      classes,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
    const outputs = await runOnnx(file, { [DETECTOR_NAMES.input]: { values: waves(size), dims: [1, size, size, 3] } });
    const { boxes, scores } = DETECTOR_NAMES.outputs;
    const slow = name.startsWith("yolox")
      ? slowDetections(
          wanted.boxes!.map((row) => cornersOf(row).map((side) => side / size)),
          wanted.boxes!.map((row) => row.slice(5).map((score) => score * row[4]!)),
          MAX_IOU,
          MIN_SCORE,
        )
      : await detrDetections(network.bytes, size, classes);
    expect(slow.length).toBeGreaterThan(10);
    const found = outputs[scores]!.values;
    expect(found.filter((score) => score > 0)).toHaveLength(slow.length);
    // boxes with almost the same score may change places
    slow.forEach(({ score }, i) => expect(found[i]).toBeCloseTo(score, 3));
    const corners = Array.from({ length: slow.length }, (_, i) => outputs[boxes]!.values.slice(4 * i, 4 * i + 4));
    for (const { box } of slow)
      expect(corners.some((other) => other.every((side, s) => Math.abs(side - box[s]!) < 0.002))).toBe(true);
  });
});

const centred = (values: number[]): number[] => {
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  return values.map((value) => value - mean);
};

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
const rowsOf = (values: number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));

/**
 * What an exported RT-DETR or D-FINE finds, run as it is. Not compared with PyTorch: with random weights, the exported
 * file run by ONNX Runtime already differs from PyTorch, whose scores vary from run to run; why is not known.
 */
async function detrDetections(file: Uint8Array, size: number, classes: number) {
  const picture = { values: planesOf(waves(size), size), dims: [1, 3, size, size] };
  const { inputs } = declaredValues(file);
  if (inputs.length === 1) {
    const found = await runOnnx(file, { [inputs[0]!.name]: picture });
    const scores = rowsOf(found.logits!.values, classes).map((row) => row.map(sigmoid));
    return slowDetections(rowsOf(found.pred_boxes!.values, 4).map(cornersOf), scores, MAX_IOU, MIN_SCORE);
  }
  const found = await runOnnx(file, {
    images: picture,
    orig_target_sizes: { values: BigInt64Array.of(640n, 480n), dims: [1, 2] },
  });
  const { labels, boxes, scores } = found;
  return slowDetections(
    rowsOf(boxes!.values, 4).map((box) => box.map((side, s) => side / (s % 2 === 0 ? 640 : 480))),
    scores!.values.map((score, i) => Array.from({ length: classes }, (_, c) => (c === labels!.values[i] ? score : 0))),
    MAX_IOU,
    MIN_SCORE,
  );
}

/** Bytes `[size, size, 3]` → `[3, size, size]`, 0..1 */
function planesOf(bytes: Uint8Array, size: number): Float32Array {
  const plane = size * size;
  return Float32Array.from(bytes, (_, i) => bytes[(i % plane) * 3 + Math.floor(i / plane)]! / 255);
}
