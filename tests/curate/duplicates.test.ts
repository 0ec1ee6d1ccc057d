import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { burstPairs } from "../../src-main/curate/bursts";
import { createCodeScan } from "../../src-main/curate/code-scan";
import { compare, type ComparedPhotos } from "../../src-main/curate/duplicate-pairs";
import { CODE_WORDS, codeDistance, createCentring, signCodes } from "../../src-main/curate/feature-codes";
import { groupsOf } from "../../src-main/curate/grouping";
import { mirrorHash, perceptualHashes } from "../../src-main/curate/perceptual-hash";
import { groupedSplit } from "../../src-main/curate/split";
import { rankForKeeping, type Shot } from "../../src-main/curate/suggested-keep";
import { GREY_SIDE, type ImageQuality, measureQuality } from "../../src-main/images/image-quality";
import { random } from "../../src-main/math/random";
import { PARTS } from "../../src-shared/split-parts";
import { fromPixels, scene as makeScene } from "../fixtures/scene";

const WIDTH = 640,
  HEIGHT = 480;
const scene = (seed: number) => makeScene(seed, WIDTH, HEIGHT);
const opened = (rgb: Buffer) => fromPixels(rgb, WIDTH, HEIGHT);
async function imageQuality(picture: Sharp): Promise<ImageQuality> {
  const { data, info } = await sharp(await picture.png().toBuffer())
    .resize(512, 512, { fit: "inside" })
    .flatten()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return measureQuality(data, info.width, info.height);
}
const text = Buffer.from(
  `<svg width="${WIDTH}" height="${HEIGHT}"><rect x="120" y="220" width="400" height="40" fill="white" fill-opacity="0.6"/></svg>`,
);
const EDITS: Record<string, (rgb: Buffer) => Sharp> = {
  "half the size": (rgb) => opened(rgb).resize(WIDTH / 2, HEIGHT / 2),
  "10 % cut off": (rgb) => opened(rgb).extract({ left: 60, top: 10, width: 576, height: 432 }),
  brighter: (rgb) => opened(rgb).linear(1.2),
  darker: (rgb) => opened(rgb).linear(0.8),
  "a watermark": (rgb) => opened(rgb).composite([{ input: text }]),
  mirrored: (rgb) => opened(rgb).flop(),
};
const bits = (hash: bigint) => hash.toString(2).replaceAll("0", "").length;

test.each(["half the size", "brighter", "darker", "a watermark"])("a hash hardly changes with %s", async (edit) => {
  const rgb = await scene(1);
  const [a, b] = perceptualHashes(
    Buffer.concat([(await imageQuality(opened(rgb))).grey, (await imageQuality(EDITS[edit](rgb))).grey]),
    GREY_SIDE,
  );
  expect(bits(a ^ b)).toBeLessThanOrEqual(8);
});

test("a mirrored picture's hash has the odd frequencies flipped", async () => {
  const rgb = await scene(2);
  const [a, b] = perceptualHashes(
    Buffer.concat([(await imageQuality(opened(rgb))).grey, (await imageQuality(opened(rgb).flop())).grey]),
    GREY_SIDE,
  );
  expect(bits(a ^ b)).toBeGreaterThan(16);
  expect(bits(mirrorHash(a) ^ b)).toBeLessThanOrEqual(4);
});

test("a code scan finds what counting bit by bit finds", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1 as const, 4 as const),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 0, max: 200 }),
      (words, numbers, limit) => {
        const n = Math.floor(numbers.length / words);
        const codes = BigUint64Array.from(numbers.slice(0, n * words));
        const scan = createCodeScan(codes, words);
        const distance = (i: number, j: number) =>
          Array.from({ length: words }, (_, w) => bits(codes[i * words + w] ^ codes[j * words + w])).reduce(
            (a, b) => a + b,
            0,
          );
        for (let i = 0; i < n; i++) {
          const expected = Array.from({ length: i }, (_, j) => ({ j, far: distance(i, j) })).filter(
            ({ far }) => far <= limit,
          );
          const found = scan.within(limit, codes, i * words, 0, i);
          expect(Array.from({ length: found }, (_, hit) => ({ j: scan.rows[hit], far: scan.distances[hit] }))).toEqual(
            expected,
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("the codes of two rows differ in as many bits as their angle predicts", () => {
  const D = 64,
    draw = random(4);
  const rows = Float32Array.from({ length: 200 * D }, () => draw() - 0.5);
  for (let i = 1; i < 200; i += 2)
    for (let d = 0; d < D; d++) rows[i * D + d] = rows[(i - 1) * D + d] + (draw() - 0.5) * (i / 100);
  const codes = signCodes(rows, D);
  for (let i = 1; i < 200; i += 2) {
    const [a, b] = [rows.subarray((i - 1) * D, i * D), rows.subarray(i * D, (i + 1) * D)];
    const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, d) => sum + value * y[d], 0);
    const cosine = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    const far = Array.from({ length: CODE_WORDS }, (_, w) =>
      bits(codes[(i - 1) * CODE_WORDS + w] ^ codes[i * CODE_WORDS + w]),
    ).reduce((x, y) => x + y, 0);
    expect(far).toBeLessThanOrEqual(codeDistance(cosine) + 8);
    expect(far).toBeGreaterThan((256 * Math.acos(cosine)) / Math.PI - 40);
  }
});

/** Pictures whose features don't reveal copies: all are similar enough to be candidates. */
function picturesOf(imageQualities: ImageQuality[]): ComparedPhotos {
  const D = 8,
    draw = random(7);
  const features = Float32Array.from({ length: imageQualities.length * D }, () => 1 + 0.05 * draw());
  const centring = createCentring(D);
  centring.take(features);
  return {
    features,
    D,
    greys: Buffer.concat(imageQualities.map(({ grey }) => grey)),
    side: GREY_SIDE,
    taken: new Float64Array(imageQualities.length).fill(NaN),
    folders: new Uint32Array(imageQualities.length),
  };
}

test("edited versions of a picture are near-duplicates, other pictures are not", async () => {
  const scenes = await Promise.all([11, 12, 13, 14].map((seed) => scene(seed)));
  const edits = Object.values(EDITS);
  const imageQualities = await Promise.all(
    scenes.flatMap((rgb) => [imageQuality(opened(rgb)), ...edits.map((edit) => imageQuality(edit(rgb)))]),
  );
  const { copiesBefore, linkedCopies } = compare(picturesOf(imageQualities));
  const of = edits.length + 1;
  for (let i = 0; i < imageQualities.length; i++) {
    const original = i - (i % of);
    for (const { j } of copiesBefore(i)) expect(Math.floor(j / of)).toBe(Math.floor(i / of));
    if (i > original) expect.soft(linkedCopies(i, original), Object.keys(EDITS)[(i % of) - 1]).toBe(true);
    for (let j = 0; j < original; j++) expect(linkedCopies(i, j)).toBe(false);
  }
});

test("pictures without detail are no near-duplicates", () => {
  const plain = (value: number) => measureQuality(new Uint8Array(64 * 48 * 3).fill(value), 64, 48);
  const { copiesBefore } = compare(picturesOf([plain(0), plain(0), plain(200)]));
  expect([0, 1, 2].flatMap((i) => copiesBefore(i))).toEqual([]);
});

test("colours are the means of a four-by-four grid, also of tiny pictures", () => {
  const rgb = new Uint8Array(10 * 6 * 3);
  for (let y = 0; y < 6; y++) for (let x = 0; x < 10; x++) rgb.set([25 * x, 40 * y, 7], (y * 10 + x) * 3);
  const { colours, grey } = measureQuality(rgb, 10, 6);
  expect(colours).toHaveLength(4 * 4 * 3);
  expect(grey).toHaveLength(GREY_SIDE * GREY_SIDE);
  // Columns 0 to 1, 2 to 4, 5 to 6 and 7 to 9; rows 0, 1 to 2, 3 and 4 to 5.
  expect([...colours.subarray(0, 12)]).toEqual([13, 0, 7, 75, 0, 7, 138, 0, 7, 200, 0, 7]);
  expect([...colours.subarray(3 * 12, 3 * 12 + 3)]).toEqual([13, 180, 7]);
  expect([...measureQuality(Uint8Array.from([9, 8, 7]), 1, 1).colours]).toEqual(
    Array.from({ length: 16 }, () => [9, 8, 7]).flat(),
  );
});

test("groups are connected photos that are all related, as a slow search finds them", () => {
  const graph = fc.integer({ min: 2, max: 25 }).chain((n) =>
    fc.record({
      n: fc.constant(n),
      links: fc.array(
        fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).filter(([i, j]) => i !== j),
        { maxLength: 30 },
      ),
    }),
  );
  fc.assert(
    fc.property(graph, ({ n, links }) => {
      const groups = groupsOf(n, { i: links.map(([i]) => i), j: links.map(([, j]) => j) }, () => "duplicate");
      let of = Array.from({ length: n }, (_, i) => i);
      for (let round = 0; round < n; round++)
        for (const [i, j] of links)
          of = of.map((group) => (group === of[i] || group === of[j] ? Math.min(of[i], of[j]) : group));
      const slow = [...new Set(of)]
        .map((group) => of.flatMap((is, i) => (is === group ? [i] : [])))
        .filter(({ length }) => length > 1);
      expect(groups.map(({ members }) => [...members].sort((a, b) => a - b))).toEqual(slow);
    }),
  );
});

test("a chain of small changes does not join unrelated photos", () => {
  const n = 12;
  const links = { i: Array.from({ length: n - 1 }, (_, i) => i), j: Array.from({ length: n - 1 }, (_, i) => i + 1) };
  const groups = groupsOf(n, links, (i, j) => (Math.abs(i - j) <= 2 ? "duplicate" : null));
  expect(groups.length).toBeGreaterThan(2);
  for (const { members } of groups) expect(Math.max(...members) - Math.min(...members)).toBeLessThanOrEqual(4);
  expect(new Set(groups.flatMap(({ members }) => members)).size).toBe(groups.flatMap(({ members }) => members).length);
});

test("a burst is photos of one motif in one folder, seconds apart", () => {
  const D = 2;
  const features = Float32Array.from([1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0]);
  const taken = Float64Array.from([100, 101, 103, 102, 200, 101, NaN]);
  const folders = Uint32Array.from([1, 1, 1, 1, 1, 2, 1]);
  const pairs = burstPairs({ features, D, greys: new Uint8Array(0), side: GREY_SIDE, taken, folders });
  expect(pairs).toEqual([
    { i: 0, j: 1 },
    { i: 0, j: 2 },
    { i: 1, j: 2 },
  ]);
});

async function shot(picture: Sharp): Promise<Shot> {
  const file = await picture.jpeg({ quality: 90 }).toBuffer();
  const { width, height } = await sharp(file).metadata();
  return { ...(await imageQuality(sharp(file))), pixels: width * height, bytes: file.length };
}

test("the suggested keep is the sharp, well exposed, large and least compressed shot, with the reason", async () => {
  const rgb = await scene(21);
  const good = await shot(opened(rgb));
  const against = async (other: Sharp) => rankForKeeping([await shot(other), good]);
  expect(await against(opened(rgb).blur(3))).toMatchObject({ order: [1, 0], why: expect.stringMatching(/^sharpest/) });
  expect(await against(opened(rgb).linear(0.15))).toMatchObject({
    order: [1, 0],
    why: expect.stringMatching(/^better exposed/),
  });
  expect(await against(opened(rgb).linear(4))).toMatchObject({ order: [1, 0] });
  expect(await against(opened(rgb).resize(600, 450))).toMatchObject({
    order: [1, 0],
    why: expect.stringMatching(/largest/),
  });
  expect(rankForKeeping([{ ...good, bytes: 1 }, good])).toEqual({ order: [1, 0], why: "least compressed" });
  expect(rankForKeeping([good, good])).toEqual({ order: [0, 1], why: "as good as the others" });
});

test("a line of text over a photo does not make it the sharpest", async () => {
  const rgb = await scene(22);
  const written = Buffer.from(
    `<svg width="${WIDTH}" height="${HEIGHT}"><text x="40" y="440" font-size="40" fill="white">sample 2024</text></svg>`,
  );
  const [plain, marked] = [await shot(opened(rgb)), await shot(opened(rgb).composite([{ input: written }]))];
  expect(marked.sharpness / plain.sharpness).toBeLessThan(1.2);
});

const library = fc.record({
  n: fc.integer({ min: 1, max: 300 }),
  seed: fc.nat(),
  sizes: fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 12 }),
  shares: fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10)).filter((shares) => shares.some((share) => share > 0)),
  labels: fc.integer({ min: 1, max: 8 }),
});
const asGroups = (n: number, sizes: number[]) => {
  let from = 0;
  return sizes.flatMap((size) => {
    from += size;
    return from <= n ? [Array.from({ length: size }, (_, i) => from - size + i)] : [];
  });
};

test("a split keeps groups together, assigns each photo once, approximates the shares, and is reproducible by seed", () => {
  fc.assert(
    fc.property(library, ({ n, seed, sizes, shares: [train, validation, test], labels }) => {
      const groups = asGroups(n, sizes);
      const shares = { train, validation, test };
      const labelled = Array.from({ length: n }, (_, i) => i % labels);
      const parts = groupedSplit(n, groups, shares, seed, labelled);
      for (const group of groups) expect(new Set(group.map((row) => parts[row])).size).toBe(1);
      expect(groupedSplit(n, groups, shares, seed, labelled)).toEqual(parts);
      const largest = Math.max(1, ...groups.map(({ length }) => length));
      PARTS.forEach((part, at) => {
        const have = parts.filter((of) => of === at).length;
        expect(Math.abs(have - (n * shares[part]) / (train + validation + test))).toBeLessThanOrEqual(largest);
        if (shares[part] === 0) expect(have).toBe(0);
      });
    }),
  );
});

test("a split keeps the shares within each label, and another seed gives another split", () => {
  const n = 1000,
    labels = Array.from({ length: n }, (_, i) => i % 10);
  const shares = { train: 0.7, validation: 0.15, test: 0.15 };
  const parts = groupedSplit(n, [], shares, 1, labels);
  for (let label = 0; label < 10; label++) {
    const of = parts.filter((_, row) => labels[row] === label);
    expect(of.filter((part) => part === 0).length).toBeGreaterThanOrEqual(69);
    expect(of.filter((part) => part === 0).length).toBeLessThanOrEqual(71);
  }
  expect(groupedSplit(n, [], shares, 2, labels)).not.toEqual(parts);
});

test("refuses invalid splits", () => {
  const shares = { train: 1, validation: 1, test: 1 };
  expect(() =>
    groupedSplit(
      3,
      [
        [0, 1],
        [1, 2],
      ],
      shares,
      1,
    ),
  ).toThrow("photo 1 is in two groups");
  expect(() => groupedSplit(3, [[0, 5]], shares, 1)).toThrow("a group contains row 5, but there are 3 photos");
  expect(() => groupedSplit(3, [], { train: 0, validation: 0, test: 0 }, 1)).toThrow(
    "shares of 0, 0, 0 are negative or all 0",
  );
});
