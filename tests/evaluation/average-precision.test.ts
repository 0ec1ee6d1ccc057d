import { describe, expect, test } from "vitest";
import { averagePrecision } from "../../src-main/evaluation/average-precision";
import { expectAsCocoEval, expectNear, statsOf, withoutCocoEval } from "../fixtures/coco-eval";
import { randomScene, type Scene } from "../fixtures/random-boxes";

/** A scene of one category: boxes as x, y, width, height. */
const sceneOf = (
  truth: { image?: number; box: number[]; area?: number; crowd?: number }[],
  detected: { image?: number; box: number[]; score: number }[],
): Scene => ({
  images: 2,
  categories: 1,
  truth: {
    images: Uint32Array.from(truth, ({ image = 0 }) => image),
    categories: new Uint32Array(truth.length),
    boxes: Float64Array.from(truth.flatMap(({ box }) => box)),
    areas: Float64Array.from(truth, ({ box, area }) => area ?? box[2] * box[3]),
    crowds: Uint8Array.from(truth, ({ crowd = 0 }) => crowd),
  },
  detected: {
    images: Uint32Array.from(detected, ({ image = 0 }) => image),
    categories: new Uint32Array(detected.length),
    boxes: Float64Array.from(detected.flatMap(({ box }) => box)),
    scores: Float64Array.from(detected, ({ score }) => score),
  },
});
const scoresOf = ({ truth, detected, categories }: Scene) => averagePrecision(truth, detected, categories);
const BOX = [10, 10, 50, 50];
const ELSEWHERE = [200, 200, 50, 50];

describe("average precision, by hand", () => {
  test("is 1 for exact boxes, in their range of sizes and no other", () => {
    const { mean } = scoresOf(sceneOf([{ box: BOX }], [{ box: BOX, score: 0.9 }]));
    expect(mean).toEqual({
      ap: expect.closeTo(1, 12) as number,
      ap50: expect.closeTo(1, 12) as number,
      ap75: expect.closeTo(1, 12) as number,
      apSmall: null,
      apMedium: expect.closeTo(1, 12) as number,
      apLarge: null,
      ar1: 1,
      ar10: 1,
      ar100: 1,
      arSmall: null,
      arMedium: 1,
      arLarge: null,
    });
  });

  test("counts an overlap of 0.6 at the thresholds 0.5, 0.55 and 0.6", () => {
    const { mean } = scoresOf(sceneOf([{ box: [0, 0, 50, 50] }], [{ box: [0, 0, 50, 30], score: 0.9 }]));
    expect(mean.ap).toBeCloseTo(0.3, 12);
    expect([mean.ap50, mean.ap75]).toEqual([expect.closeTo(1, 12), 0]);
  });

  test("reads precision at 101 recalls: a wrong box before the second of two leaves 2/3 above a recall of 0.5", () => {
    const { mean } = scoresOf(
      sceneOf(
        [{ box: BOX }, { image: 1, box: BOX }],
        [
          { box: BOX, score: 0.9 },
          { box: ELSEWHERE, score: 0.8 },
          { image: 1, box: BOX, score: 0.7 },
        ],
      ),
    );
    expect(mean.ap).toBeCloseTo((51 * 1 + 50 * (2 / 3)) / 101, 12);
    expect(mean.ar1).toBe(1); // the wrong box is the second of its image
  });

  test("counts a second box on the same object as wrong, and the first of two equal scores as first", () => {
    const twice = (first: number[], second: number[]) =>
      scoresOf(
        sceneOf(
          [{ box: BOX }],
          [
            { box: first, score: 0.5 },
            { box: second, score: 0.5 },
          ],
        ),
      ).mean;
    expect(twice(BOX, BOX).ap).toBeCloseTo(1, 12);
    expect(twice(BOX, ELSEWHERE).ap).toBeCloseTo(1, 12);
    expect(twice(ELSEWHERE, BOX).ap).toBeCloseTo(0.5, 12);
    expect(twice(ELSEWHERE, BOX).ar1).toBe(0);
  });

  test("ignores boxes inside a crowd, however many, and doesn't want the crowd found", () => {
    const inside = [0, 1, 2].map((i) => ({ box: [210 + 20 * i, 210, 10, 10], score: 0.9 }));
    const crowd = { box: [200, 200, 100, 100], crowd: 1 };
    expect(scoresOf(sceneOf([crowd, { box: BOX }], [...inside, { box: BOX, score: 0.1 }])).mean.ap).toBeCloseTo(1, 12);
    expect(scoresOf(sceneOf([{ box: BOX }], [...inside, { box: BOX, score: 0.1 }])).mean.ap).toBeCloseTo(0.25, 12);
    expect(scoresOf(sceneOf([crowd], inside)).mean.ap).toBeNull();
  });

  test("takes 32² as small and as medium, by the outline's area where it has one", () => {
    const [square, wide] = [
      [0, 0, 32, 32],
      [0, 0, 100, 100],
    ];
    const border = scoresOf(sceneOf([{ box: square }], [{ box: square, score: 1 }])).mean;
    expect([border.arSmall, border.arMedium, border.arLarge]).toEqual([1, 1, null]);
    const thin = scoresOf(sceneOf([{ box: wide, area: 900 }], [{ box: wide, score: 1 }])).mean;
    expect([thin.arSmall, thin.arMedium, thin.arLarge]).toEqual([1, null, null]);
  });

  test("is 0 where nothing is detected, and leaves out categories without true boxes", () => {
    const { truth, detected } = sceneOf([{ box: BOX }], []);
    const { mean, categories } = averagePrecision(truth, detected, 3);
    expect(categories.map(({ ap }) => ap)).toEqual([0, null, null]);
    expect([mean.ap, mean.ar100]).toEqual([0, 0]);
  });

  test("refuses arrays that don't fit together", () => {
    const { truth, detected } = sceneOf([{ box: BOX }], [{ box: BOX, score: 1 }]);
    expect(() => averagePrecision(truth, { ...detected, scores: new Float64Array(2) }, 1)).toThrow(
      "detected boxes: arrays of 1, 1, 2 rows with 4 coordinates",
    );
    expect(() => averagePrecision({ ...truth, categories: Uint32Array.of(7) }, detected, 1)).toThrow(
      "true boxes: category 7 of 1",
    );
  });
});

/** Of randomScene: the 12 numbers that COCOeval of pycocotools 2.0.11 gives. */
const RECORDED: Record<number, number[]> = {
  1: [
    0.254431525, 0.317227701, 0.255797416, 0.297471752, 0.329365897, 0.351590367, 0.280409341, 0.510161477, 0.573411477,
    0.571666667, 0.645333333, 0.6495,
  ],
  2: [
    0.314579289, 0.424796075, 0.303082705, 0.258092337, 0.416091654, 0.490665567, 0.274696609, 0.577199856, 0.64348557,
    0.566972222, 0.738246377, 0.750505051,
  ],
  3: [
    0.253784995, 0.332073112, 0.25198602, 0.260290324, 0.289440541, 0.371372643, 0.329045073, 0.468477039, 0.52965351,
    0.46787594, 0.56505291, 0.628518519,
  ],
};

test.each(Object.entries(RECORDED))("random scene %s has the scores recorded from COCOeval", (seed, stats) => {
  expectNear(statsOf(scoresOf(randomScene(Number(seed))).mean), stats, seed);
});

describe("random scenes", () => {
  const sizes = [{}, {}, {}, { images: 3, categories: 2 }, { images: 150, categories: 80 }, { images: 40 }];
  test.for(sizes.map((size, i) => ({ seed: 100 + i, ...size })))("score as in COCOeval: $seed", (size, context) => {
    if (withoutCocoEval !== null) context.skip(withoutCocoEval);
    const scene = randomScene(size.seed, size);
    expectAsCocoEval(scene, scoresOf(scene));
  });
});
