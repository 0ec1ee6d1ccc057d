import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { readClassifierHead } from "../../src-main/vision/classifier-head";
import { readOnnxGraph } from "../../src-main/vision/onnx-graph";
import { classifierOutput, readPack, readPrototypes } from "../../src-main/vision/pack";
import { loadVisualModel, normalise } from "../../src-main/vision/visual-model";
import { temporaryFolder, waves } from "../fixtures/photo-folder";
import {
  COLOUR_PACK,
  COLOURS,
  FEATURES,
  type Node,
  onnxFile,
  type Weights,
  writeColourPack,
} from "../fixtures/small-onnx";

const SEED = new URL("../fixtures/packs/seed", import.meta.url).pathname;
const EDGETPU = new URL("../../../shared/packs/mobilenet-edgetpu", import.meta.url).pathname;

describe("the classifier head matches what onnxruntime multiplies by", () => {
  const check = async (folder: string, least = 1) => {
    const pack = readPack(folder);
    const [C, D] = [pack.classes.length, pack.dimensions];
    const { weights, bias } = readClassifierHead(pack.visual.file, classifierOutput(pack), C, D);
    const model = await loadVisualModel(pack);
    const { features, logits } = await model.embed(
      [1, 2, 3].map((seed) => waves(seed, pack.preprocess.size, pack.preprocess.size)),
    );
    await model.dispose();
    expect(features).toHaveLength(3 * D);
    let worst = 0;
    for (let i = 0; i < 3; i++)
      for (let c = 0; c < C; c++) {
        let sum = bias[c];
        for (let d = 0; d < D; d++) sum += weights[c * D + d] * features[i * D + d];
        worst = Math.max(worst, Math.abs(sum - logits[i * C + c]));
      }
    expect(worst).toBeLessThan(1e-3);
    expect(logits.reduce((a, b) => Math.max(a, Math.abs(b)))).toBeGreaterThan(least);
  };
  test("in the bundled pack", () => check(SEED));
  test("in a small pack stored as bytes", () => check(writeColourPack(temporaryFolder(), true), 0.05));
  test.skipIf(!existsSync(EDGETPU))("in a pack stored as bytes (skipped without ../shared)", () => check(EDGETPU));
});

describe("a linear layer is read from any storage", () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8); // [4 classes, 2 features]
  const read = (nodes: Node[], weights: Weights[], C = 4) => {
    const file = join(temporaryFolder(), "small.onnx");
    writeFileSync(file, onnxFile(nodes, weights, { name: "v", dims: ["n", 2] }, { logits: C }));
    return readClassifierHead(file, "logits", C, 2);
  };

  test("Gemm with transposed rows and a bias", () => {
    const head = read(
      [{ op: "Gemm", inputs: ["v", "w", "b"], outputs: ["logits"], attributes: { transB: 1 } }],
      [
        { name: "w", dims: [4, 2], values: rows },
        { name: "b", dims: [4], values: Float32Array.of(1, 0, 0, -1) },
      ],
    );
    expect([...head.weights]).toEqual([...rows]);
    expect([...head.bias]).toEqual([1, 0, 0, -1]);
  });

  test("MatMul with a column per class, and no bias", () => {
    const columns = Float32Array.of(1, 3, 5, 7, 2, 4, 6, 8); // [2, 4]
    const head = read(
      [{ op: "MatMul", inputs: ["v", "w"], outputs: ["logits"] }],
      [{ name: "w", dims: [2, 4], values: columns }],
    );
    expect([...head.weights]).toEqual([...rows]);
    expect([...head.bias]).toEqual([0, 0, 0, 0]);
  });

  test("bytes with a scale and a zero point per row, behind a slice that drops the background", () => {
    const head = read(
      [
        { op: "DequantizeLinear", inputs: ["bytes", "scale", "zero"], outputs: ["w"], attributes: { axis: 0 } },
        { op: "Conv", inputs: ["v", "w"], outputs: ["all"] },
        { op: "Flatten", inputs: ["all"], outputs: ["flat"] },
        { op: "Slice", inputs: ["flat", "from", "to", "axes"], outputs: ["logits"] },
      ],
      [
        { name: "bytes", dims: [3, 2, 1, 1], values: Uint8Array.of(10, 20, 30, 40, 50, 60) },
        { name: "scale", dims: [3], values: Float32Array.of(1, 0.5, 0.25) },
        { name: "zero", dims: [3], values: Uint8Array.of(0, 10, 100) },
        { name: "from", dims: [1], values: BigInt64Array.of(1n) },
        { name: "to", dims: [1], values: BigInt64Array.of(3n) },
        { name: "axes", dims: [1], values: BigInt64Array.of(1n) },
      ],
      2,
    );
    expect([...head.weights]).toEqual([10, 15, -12.5, -10]);
  });

  test.each<[string, Node[], string]>([
    [
      "logits that come from something else",
      [{ op: "Sigmoid", inputs: ["v"], outputs: ["logits"] }],
      "the logits come from Sigmoid, not from a linear layer",
    ],
    [
      "logits that no node produces",
      [{ op: "Gemm", inputs: ["v", "w"], outputs: ["other"] }],
      "logits does not come from a linear layer",
    ],
    [
      "weights of the wrong shape",
      [{ op: "MatMul", inputs: ["v", "w"], outputs: ["logits"] }],
      "the last layer has shape [4,2], which does not match 4 classes of 2 features",
    ],
    [
      "weights that are computed",
      [
        { op: "Relu", inputs: ["w"], outputs: ["x"] },
        { op: "MatMul", inputs: ["v", "x"], outputs: ["logits"] },
      ],
      "weights x are computed, not stored",
    ],
  ])("refuses %s", (_, nodes, message) => {
    expect(() => read(nodes, [{ name: "w", dims: [4, 2], values: rows }])).toThrow(message);
  });
});

describe("an ONNX file", () => {
  const graph = (weights: Weights) =>
    readOnnxGraph(
      onnxFile([{ op: "Relu", inputs: ["v"], outputs: ["y"] }], [weights], { name: "v", dims: ["n", 1] }, { y: 1 }),
    );

  test("gives its nodes, tensors and outputs", () => {
    const { nodes, tensors, outputs } = graph({ name: "w", dims: [2, 1], values: Float32Array.of(0.5, -2) });
    expect(nodes).toMatchObject([{ op: "Relu", inputs: ["v"], outputs: ["y"] }]);
    expect(tensors.get("w")).toEqual({ dims: [2, 1], values: Float32Array.of(0.5, -2) });
    expect(outputs).toEqual(["y"]);
  });

  test.each<[string, Weights, string]>([
    [
      "numbers in another file",
      { name: "w", dims: [1], values: Float32Array.of(1), external: true },
      "tensor w is stored in another file",
    ],
    [
      "a type that weights don't have",
      { name: "w", dims: [1], values: Float32Array.of(1), type: 8 },
      "tensor w has data type 8",
    ],
    [
      "fewer numbers than its shape declares",
      { name: "w", dims: [3], values: Float32Array.of(1) },
      "tensor w of shape [3] has 1 numbers",
    ],
  ])("with %s is refused", (_, weights, message) => {
    expect(() => graph(weights)).toThrow(message);
  });

  test("without a graph is refused", () => {
    expect(() => readOnnxGraph(new Uint8Array(0))).toThrow("0 bytes contain no ONNX graph");
  });
});

describe("pixels", () => {
  test("are normalised per channel into planes, mirrored copies after the photos, as by a slow reference", () => {
    const size = 5;
    const how = {
      preprocess: { size, resize: "cover" as const, recompress: null },
      mean: [0.4, 0.5, 0.6],
      std: [0.2, 0.3, 0.4],
    };
    const photos = [waves(1, size, size), waves(2, size, size)];
    const value = (photo: number, c: number, y: number, x: number) =>
      (photos[photo][(y * size + x) * 3 + c] / 255 - how.mean[c]) / how.std[c];
    for (const mirror of [true, false]) {
      const out = normalise(photos, { ...how, mirror });
      expect(out).toHaveLength(photos.length * (mirror ? 2 : 1) * 3 * size * size);
      out.forEach((number, i) => {
        const [image, c, y, x] = [
          Math.floor(i / (3 * size * size)),
          Math.floor(i / (size * size)) % 3,
          Math.floor(i / size) % size,
          i % size,
        ];
        expect(number).toBeCloseTo(image < 2 ? value(image, c, y, x) : value(image - 2, c, y, size - 1 - x), 5);
      });
    }
  });

  test("of another size are refused with the numbers", () => {
    const how = {
      preprocess: { size: 4, resize: "cover" as const, recompress: null },
      mean: [0, 0, 0],
      std: [1, 1, 1],
      mirror: false,
    };
    expect(() => normalise([new Uint8Array(48), new Uint8Array(12)], how)).toThrow(
      "photo 1 has 12 bytes; 4×4 RGB needs 48",
    );
  });

  test("a batch gives the same output as single photos, and a photo the same as its mirrored copy", async () => {
    const model = await loadVisualModel(readPack(SEED));
    const photos = [1, 2, 3].map((seed) => waves(seed, 64, 64));
    const together = await model.embed(photos);
    const alone = await model.embed([photos[1]]);
    const flopped = await model.embed([
      await sharp(photos[1], { raw: { width: 64, height: 64, channels: 3 } })
        .flop()
        .raw()
        .toBuffer(),
    ]);
    expect(await model.embed([])).toEqual({ features: new Float32Array(0), logits: new Float32Array(0) });
    await model.dispose();
    for (const other of [alone, flopped])
      other.features.forEach((x, d) => expect(x).toBeCloseTo(together.features[320 + d], 3));
  });
});

describe("a pack", () => {
  test("without prototypes has its classifier's rows", () => {
    const pack = readPack(writeColourPack(temporaryFolder()));
    const { vectors, from } = readPrototypes(pack);
    expect(from).toBe("classifier");
    expect(vectors).toHaveLength(COLOURS.length * FEATURES);
    expect(vectors[0]).toBeCloseTo(12 * (220 / 255 - 0.5), 4);
  });

  test("gets another id when its network or preprocessing changes, but not when its title does", () => {
    const folder = writeColourPack(temporaryFolder());
    const id = (change: object) => {
      writeFileSync(join(folder, "pack.json"), JSON.stringify({ ...COLOUR_PACK, ...change }));
      return readPack(folder).visualId;
    };
    const first = id({});
    expect(id({ title: "Colours" })).toBe(first);
    const { visual } = COLOUR_PACK;
    expect(id({ visual: { ...visual, mirror: true } })).not.toBe(first);
    expect(
      id({ visual: { ...visual, input: { ...visual.input, recompress: { format: "jpeg", quality: 75 } } } }),
    ).not.toBe(first);
    writeFileSync(
      join(folder, "visual.onnx"),
      Buffer.concat([readFileSync(join(folder, "visual.onnx")), Buffer.of(0x32, 0)]),
    );
    expect(id({})).not.toBe(first);
  });

  const { visual } = COLOUR_PACK;
  const damaged: [string, string, (folder: string) => void][] = [
    ["no pack.json", "pack.json is missing", (folder) => rmSync(join(folder, "pack.json"))],
    ["an invalid pack.json", "pack.json is not valid JSON", (folder) => writeFileSync(join(folder, "pack.json"), "{")],
    ["a later format", "pack.json: ", (folder) => describeAs(folder, { format: 3 })],
    ["no network", "visual.onnx is missing", (folder) => rmSync(join(folder, "visual.onnx"))],
    ["no classes", "classes.json is missing", (folder) => rmSync(join(folder, "classes.json"))],
    [
      "fewer classes than the network",
      "classes.json names 3 classes, but the model has 4",
      (folder) =>
        writeFileSync(join(folder, "classes.json"), JSON.stringify(COLOURS.slice(0, 3).map(({ name }) => ({ name })))),
    ],
    [
      "an invalid WordNet id",
      "classes.json: ",
      (folder) =>
        writeFileSync(join(folder, "classes.json"), JSON.stringify(COLOURS.map(({ name }) => ({ name, wnid: "dog" })))),
    ],
    [
      "a network outside the pack",
      'file name "../visual.onnx" points outside the pack',
      (folder) => describeAs(folder, { visual: { ...visual, file: "../visual.onnx" } }),
    ],
    [
      "classes outside the pack",
      'file name "/etc/passwd" points outside the pack',
      (folder) => describeAs(folder, { classes: "/etc/passwd" }),
    ],
    [
      "prototypes outside the pack",
      'file name "a\\\\b.f32" points outside the pack',
      (folder) => describeAs(folder, { prototypes: "a\\b.f32" }),
    ],
    [
      "a network that is a folder",
      'must end with ".onnx"',
      (folder) => describeAs(folder, { visual: { ...visual, file: "" } }),
    ],
    ["a folder as its classes", "“” is not a file name", (folder) => describeAs(folder, { classes: "" })],
    [
      "an unknown way of resizing",
      "resize “squash” is not valid for an input of 8 pixels",
      (folder) => describeAs(folder, { visual: { ...visual, input: { ...visual.input, resize: "squash" } } }),
    ],
    [
      "too few prototypes",
      `holds 23 numbers, 4 classes × ${FEATURES} features need 24`,
      (folder) => prototypes(folder, new Float32Array(23)),
    ],
    [
      "prototypes that are not finite",
      "prototypes.f32 contains numbers that are not finite",
      (folder) => prototypes(folder, new Float32Array(24).fill(NaN, 7, 8)),
    ],
    [
      "a network of random bytes",
      "visual.onnx",
      (folder) => writeFileSync(join(folder, "visual.onnx"), waves(5, 20, 20)),
    ],
    [
      "a truncated network",
      "visual.onnx",
      (folder) =>
        writeFileSync(join(folder, "visual.onnx"), readFileSync(join(folder, "visual.onnx")).subarray(0, 400)),
    ],
    [
      "an output that its network lacks",
      "pooled-twice",
      (folder) =>
        describeAs(folder, { visual: { ...visual, features: { name: "pooled-twice", dimensions: FEATURES } } }),
    ],
    [
      "another number of features than its network's",
      "instead of 5 and 4 each",
      (folder) => {
        describeAs(folder, {
          prototypes: "prototypes.f32",
          visual: { ...visual, features: { name: "features", dimensions: 5 } },
        });
        writeFileSync(join(folder, "prototypes.f32"), new Float32Array(20));
      },
    ],
  ];
  const describeAs = (folder: string, change: object) =>
    writeFileSync(join(folder, "pack.json"), JSON.stringify({ ...COLOUR_PACK, ...change }));
  const prototypes = (folder: string, vectors: Float32Array) => {
    describeAs(folder, { prototypes: "prototypes.f32" });
    writeFileSync(join(folder, "prototypes.f32"), vectors);
  };

  test.each(damaged)("with %s is refused with the reason", async (_, message, damage) => {
    const folder = writeColourPack(temporaryFolder());
    damage(folder);
    const use = async () => {
      const pack = readPack(folder);
      readPrototypes(pack);
      const model = await loadVisualModel(pack);
      try {
        await model.embed([waves(1, 8, 8)]);
      } finally {
        await model.dispose();
      }
    };
    const refusal = await use().then(
      () => null,
      (error: unknown) => error as Error & { code?: string },
    );
    expect(refusal?.message).toContain(message);
    expect(refusal?.message).toContain(folder);
    expect(refusal?.code).toBe("bad-pack");
  });
});
