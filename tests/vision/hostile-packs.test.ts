import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { PbfWriter } from "pbf";
import { describe, expect, test } from "vitest";
import { readProjection } from "../../src-main/labeller/pack-projection";
import { checkOnnx } from "../../src-main/vision/check-onnx";
import { readPack, readPrototypes } from "../../src-main/vision/pack";
import { loadVisualModel } from "../../src-main/vision/visual-model";
import { temporaryFolder } from "../fixtures/photo-folder";
import {
  COLOUR_PACK,
  COLOURS,
  FEATURES,
  type Node,
  onnxFile,
  type Weights,
  writeColourPack,
} from "../fixtures/small-onnx";

const relu: Node = { op: "Relu", inputs: ["v"], outputs: ["y"] };
const file = (nodes: Node[], weights: Weights[] = []) =>
  onnxFile(nodes, weights, { name: "v", dims: ["n", 1] }, { y: 1 });
const floats = (dims: number[], ...values: number[]): Weights => ({
  name: "w",
  dims,
  values: Float32Array.of(...values),
});
/** A network of one node, made with the pbf writer. */
const node = (write: (node: PbfWriter) => void) => {
  const pbf = new PbfWriter();
  pbf.writeMessage(7, (_, graph) => graph.writeMessage(1, (__, made) => write(made), null), null);
  return pbf.finish();
};
/** A network with one tensor. */
const tensor = (write: (tensor: PbfWriter) => void) => {
  const pbf = new PbfWriter();
  pbf.writeMessage(7, (_, graph) => graph.writeMessage(5, (__, made) => write(made), null), null);
  return Buffer.concat([pbf.finish(), file([relu])]);
};
const nested = (depth: number): Uint8Array =>
  node((pbf) => {
    const inside = (level: number) => (_: null, attribute: PbfWriter) =>
      attribute.writeMessage(
        6,
        (__, graph) =>
          graph.writeMessage(
            1,
            (___, made) => {
              made.writeStringField(4, "If");
              if (level > 0) made.writeMessage(5, inside(level - 1), null);
            },
            null,
          ),
        null,
      );
    pbf.writeStringField(4, "If");
    pbf.writeMessage(5, inside(depth), null);
  });

describe("an untrusted network", () => {
  // guarantee: hostile-pack
  test.each<[string, Uint8Array, string]>([
    [
      "stores numbers in another file",
      file([relu], [{ ...floats([1], 1), external: true }]),
      'tensor "w" is stored in another file',
    ],
    [
      "names another file without marking data as external",
      tensor((pbf) => {
        pbf.writeVarintField(2, 1);
        pbf.writeMessage(
          13,
          (_, entry) => {
            entry.writeStringField(1, "location");
            entry.writeStringField(2, "../../etc/passwd");
          },
          null,
        );
      }),
      "is stored in another file",
    ],
    [
      "reads another file through an operator",
      node((pbf) => {
        pbf.writeStringField(4, "EPContext");
        pbf.writeStringField(7, "com.microsoft");
      }),
      "operator EPContext reads another file",
    ],
    ["runs forever", file([{ op: "Loop", inputs: ["v"], outputs: ["y"] }]), "operator Loop may run forever"],
    [
      "uses an unknown operator",
      node((pbf) => {
        pbf.writeStringField(4, "Run");
        pbf.writeStringField(7, "evil.example");
      }),
      'operator "Run" belongs to the domain "evil.example"',
    ],
    [
      "hides such an operator in a branch",
      node((pbf) => {
        pbf.writeStringField(4, "If");
        pbf.writeMessage(
          5,
          (_, attribute) =>
            attribute.writeMessage(
              6,
              (__, graph) =>
                graph.writeMessage(
                  1,
                  (___, made) => {
                    made.writeStringField(4, "Run");
                    made.writeStringField(7, "evil.example");
                  },
                  null,
                ),
              null,
            ),
          null,
        );
      }),
      "evil.example",
    ],
    ["is nested too deep", nested(40), "graphs are nested more than 16 deep"],
    [
      "declares more numbers than there is memory",
      file([relu], [{ name: "w", dims: [2 ** 40, 2 ** 40], values: Float32Array.of(1) }]),
      "of shape [1099511627776, 1099511627776] and 32 bits a number has 4 bytes",
    ],
    [
      "has a dimension of negative length",
      tensor((pbf) => {
        pbf.writePackedVarint(1, [-1]);
        pbf.writeVarintField(2, 1);
        pbf.writeBytesField(9, new Uint8Array(4));
      }),
      "and 32 bits a number has 4 bytes",
    ],
    ["has strings for numbers", file([relu], [{ ...floats([1], 1), type: 8 }]), "data type 8"],
    ["contains NaN", file([relu], [floats([2], 1, NaN)]), 'tensor "w" contains numbers that are not finite'],
    [
      "contains infinities",
      file([relu], [floats([2], Infinity, 1)]),
      'tensor "w" contains numbers that are not finite',
    ],
    [
      "contains NaN as half precision",
      file([relu], [{ name: "w", dims: [2], values: Uint8Array.of(0, 0x3c, 1, 0x7c), type: 10 }]),
      "not finite",
    ],
    [
      "contains infinities as bfloat16",
      file([relu], [{ name: "w", dims: [2], values: Uint8Array.of(0x80, 0x3f, 0x80, 0x7f), type: 16 }]),
      "not finite",
    ],
    [
      "hides bytes where a number should be",
      node((pbf) => {
        pbf.writeVarintField(5, 200);
        pbf.writeStringField(4, "Relu");
      }),
      "field 5 is a number, not a message",
    ],
    ["ends beyond itself", Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0x7f, 1), "ends at byte"],
    ["is empty", new Uint8Array(0), "0 bytes contain no ONNX graph"],
  ])("that %s is refused", (_, bytes, message) => {
    expect(() => checkOnnx(bytes)).toThrow(message);
  });

  test("may bound a Clip by an infinity, and branch", () => {
    checkOnnx(file([relu], [{ name: "w", dims: [], values: Float32Array.of(Infinity) }]));
    checkOnnx(nested(3));
  });

  // guarantee: hostile-pack
  test("of random bytes is refused with an error, in time and memory bounded by its length", () => {
    const good = readFileSync(join(writeColourPack(temporaryFolder()), "visual.onnx"));
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(good.length), fc.uint8Array({ maxLength: 200 }), (changed, cut, noise) => {
        const altered = Buffer.from(good);
        for (const [at, byte] of changed) altered[at] = byte;
        for (const bytes of [altered, good.subarray(0, cut), noise]) {
          try {
            checkOnnx(bytes);
          } catch (error) {
            expect((error as Error).message).not.toBe("");
          }
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe("an untrusted pack", () => {
  const describeAs = (folder: string, change: object) =>
    writeFileSync(join(folder, "pack.json"), JSON.stringify({ ...COLOUR_PACK, ...change }));
  const { visual } = COLOUR_PACK;
  const long = (path: string, bytes: number) => {
    const made = openSync(path, "w");
    ftruncateSync(made, bytes); // sparse, takes no space on the disk
    closeSync(made);
  };
  const projection = (folder: string, numbers: number, value: number) => {
    const { visualId } = readPack(folder);
    const logistic = { bias: 0, weights: [] };
    const settings = { margin: 0.1, violations: "first", steps: 1, batch: 1, learningRate: 1, decay: 1, seed: 1 };
    writeFileSync(
      join(folder, "projection.json"),
      JSON.stringify({
        words: "w",
        visual: visualId,
        settings,
        seconds: 1,
        confidence: { covered: logistic, uncovered: logistic, taught: logistic },
      }),
    );
    writeFileSync(join(folder, "projection.f32"), new Float32Array(numbers).fill(value, numbers - 1));
  };

  const hostile: [string, string, (folder: string) => void][] = [
    [
      "network is a link out of the pack",
      "link.onnx is a link to ",
      (folder) => {
        describeAs(folder, { visual: { ...visual, file: "link.onnx" } });
        symlinkSync(join(writeColourPack(join(folder, "elsewhere")), "visual.onnx"), join(folder, "link.onnx"));
      },
    ],
    [
      "classes are a link to a system file",
      "link.json is a link to /etc/",
      (folder) => {
        describeAs(folder, { classes: "link.json" });
        symlinkSync("/etc/passwd", join(folder, "link.json"));
      },
    ],
    [
      "classes are a folder",
      "classes is not a file",
      (folder) => {
        mkdirSync(join(folder, "classes"));
        describeAs(folder, { classes: "classes" });
      },
    ],
    [
      "classes are in a parent folder",
      'file name "..\\\\..\\\\classes.json" points outside the pack',
      (folder) => describeAs(folder, { classes: "..\\..\\classes.json" }),
    ],
    [
      "classes' name ends in NUL",
      'file name "classes.json\\u0000" points outside the pack',
      (folder) => describeAs(folder, { classes: "classes.json\0" }),
    ],
    [
      "classes take a gigabyte",
      "classes.json has 1073741824 bytes; the maximum is 67108864",
      (folder) => long(join(folder, "classes.json"), 2 ** 30),
    ],
    [
      "description takes a gigabyte",
      "pack.json has 1073741824 bytes; the maximum is 1048576",
      (folder) => long(join(folder, "pack.json"), 2 ** 30),
    ],
    [
      "network takes three gigabytes",
      "visual.onnx has 3221225472 bytes; the maximum is 2147483647",
      (folder) => long(join(folder, "visual.onnx"), 3 * 2 ** 30),
    ],
    [
      "prototypes take a gigabyte",
      `prototypes.f32 holds 268435456 numbers, 4 classes × ${FEATURES} features need 24`,
      (folder) => {
        describeAs(folder, { prototypes: "prototypes.f32" });
        long(join(folder, "prototypes.f32"), 2 ** 30);
      },
    ],
    [
      "features are more than any network's",
      "expected number to be <=65536",
      (folder) => describeAs(folder, { visual: { ...visual, features: { name: "features", dimensions: 2 ** 31 } } }),
    ],
    [
      "features don't match its network",
      "does not match 4 classes of 65536 features",
      (folder) => describeAs(folder, { visual: { ...visual, features: { name: "features", dimensions: 65_536 } } }),
    ],
    [
      "pixels are divided by almost zero",
      "expected number to be >=0.0001",
      (folder) => describeAs(folder, { visual: { ...visual, input: { ...visual.input, std: [1, 1, 1e-300] } } }),
    ],
    [
      "photos are enlarged enormously",
      "is not valid for an input of 8 pixels",
      (folder) =>
        describeAs(folder, {
          visual: { ...visual, input: { ...visual.input, resize: "short side to 99999, centre crop 8" } },
        }),
    ],
    [
      "network has another hash than stated",
      "visual.onnx has SHA-256",
      (folder) => describeAs(folder, { sha256: { "visual.onnx": "0".repeat(64) } }),
    ],
    [
      "classes have another hash than stated",
      "classes.json has SHA-256",
      (folder) => describeAs(folder, { sha256: { "classes.json": "f".repeat(64) } }),
    ],
    [
      "network uses unknown operators",
      'belongs to the domain "evil.example"',
      (folder) =>
        writeFileSync(
          join(folder, "visual.onnx"),
          node((pbf) => {
            pbf.writeStringField(4, "Run");
            pbf.writeStringField(7, "evil.example");
          }),
        ),
    ],
    [
      "classes contain a thousand errors",
      "and 997 more",
      (folder) => writeFileSync(join(folder, "classes.json"), JSON.stringify(Array.from({ length: 1000 }, () => ({})))),
    ],
    ["projection contains NaN", "number 23 of 24 is NaN", (folder) => projection(folder, 24, NaN)],
    [
      "projection has the wrong shape",
      `projection.f32 holds 20 numbers, a projection of 4 × ${FEATURES} need 24`,
      (folder) => projection(folder, 20, 1),
    ],
    [
      "projection is a link out of the pack",
      "projection.json is a link to ",
      (folder) => symlinkSync("/etc/passwd", join(folder, "projection.json")),
    ],
  ];
  // guarantee: hostile-pack
  test.each(hostile)("whose %s is refused with the reason", (_, message, spoil) => {
    const [folder, home] = [writeColourPack(temporaryFolder()), temporaryFolder()];
    spoil(folder);
    const use = () => {
      const pack = readPack(folder);
      readPrototypes(pack);
      readProjection(pack, "w", 4, home);
    };
    expect(use).toThrow(expect.objectContaining({ code: "bad-pack", message: expect.stringContaining(message) }));
    expect(use).toThrow(folder);
    expect(readdirSync(home)).toEqual([]);
  });

  test("whose network divides by zero is refused when it sees a photo", async () => {
    const folder = writeColourPack(temporaryFolder());
    writeFileSync(
      join(folder, "visual.onnx"),
      onnxFile(
        [
          { op: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"] },
          { op: "Flatten", inputs: ["pooled"], outputs: ["flat"] },
          { op: "Sub", inputs: ["flat", "flat"], outputs: ["nothing"] },
          { op: "Div", inputs: ["nothing", "nothing"], outputs: ["third"] },
          { op: "Concat", inputs: ["third", "third"], outputs: ["features"], attributes: { axis: 1 } },
          { op: "MatMul", inputs: ["features", "head"], outputs: ["logits"] },
        ],
        [{ name: "head", dims: [FEATURES, COLOURS.length], values: new Float32Array(FEATURES * COLOURS.length) }],
        { name: "pixels", dims: ["n", 3, 8, 8] },
        { features: FEATURES, logits: COLOURS.length },
      ),
    );
    const model = await loadVisualModel(readPack(folder));
    await expect(model.embed([new Uint8Array(192)])).rejects.toMatchObject({
      code: "bad-pack",
      message: expect.stringContaining("number 0 of 6 in its output features is NaN") as string,
    });
    await model.dispose();
  });

  // guarantee: hostile-pack
  test("with random descriptions and classes is refused, or is read as described", () => {
    const folder = writeColourPack(temporaryFolder());
    const [description, classes] = ["pack.json", "classes.json"].map((name) =>
      readFileSync(join(folder, name), "utf8"),
    );
    const spoilt = (text: string) =>
      fc.oneof(
        fc.json(),
        fc.string({ maxLength: 50 }),
        fc
          .tuple(fc.nat(text.length), fc.nat(6), fc.string({ unit: "binary", maxLength: 6 }))
          .map(([at, length, other]) => text.slice(0, at) + other + text.slice(at + length)),
        fc.constant(text),
      );
    fc.assert(
      fc.property(spoilt(description), spoilt(classes), (one, other) => {
        writeFileSync(join(folder, "pack.json"), one);
        writeFileSync(join(folder, "classes.json"), other);
        try {
          const pack = readPack(folder);
          expect(pack.classes).toHaveLength(COLOURS.length);
          expect(readPrototypes(pack).vectors).toHaveLength(COLOURS.length * pack.dimensions);
        } catch (error) {
          expect(error).toMatchObject({ code: "bad-pack", message: expect.stringContaining(folder) as string });
        }
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});
