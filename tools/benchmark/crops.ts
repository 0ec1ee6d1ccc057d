import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import type { Rectangle } from "../../src-main/base/overlap";
import { packFolder } from "../../src-main/base/resources";
import { type FeatureSpace, whitenedRows } from "../../src-main/devise/feature-space";
import { fitFewShot } from "../../src-main/devise/few-shot";
import { STORED_CLASSES, topClasses } from "../../src-main/devise/semantic-embedding";
import { decode } from "../../src-main/images/decode";
import { decodeCrops } from "../../src-main/images/decode-crops";
import { packSpace } from "../../src-main/labeller/pack-space";
import { concat } from "../../src-main/math/concat";
import { random } from "../../src-main/math/random";
import { shuffled } from "../../src-main/math/shuffle";
import { takeRows } from "../../src-main/math/take-rows";
import { dot, unitRows } from "../../src-main/math/vectors";
import { type Pack, readPack } from "../../src-main/vision/pack";
import { loadVisualModel, type VisualModel } from "../../src-main/vision/visual-model";
import { rocchioQuery } from "../../src-main/workspace/rocchio-query";
import type { Figure, Outcome } from "./figures";

/** Smaller boxes are left out, as a share of the photo. */
const MIN_AREA = 0.006;
/** Boxes that stand for a label of one's own, photos in which a class must occur, and draws of each class. */
const [EXAMPLES, MIN_PHOTOS, DRAWS] = [10, 6, 5];

interface Labelled {
  path: string;
  boxes: { type: number; box: Rectangle }[];
}

/** The crops of one kind, in rows. */
interface Crops {
  /** `[n]` class and photo of each */
  types: number[];
  photos: number[];
  /** `[n, W]` */
  rows: Float32Array;
}

/**
 * What is in boxes, compared by the visual model: which crop of a box finds others of its class, how well proposals for
 * a label are ranked, and whether crops teach whole photos. The crop was chosen on the photos with even numbers; the
 * others only report.
 * @param folder photos in `images`, boxes in `labels` as YOLO writes them
 */
export async function crops({ pack: name, photos: folder }: { pack?: string; photos: string }): Promise<Outcome> {
  if (!existsSync(join(folder, "labels"))) return { figures: [], skipped: `no ${join(folder, "labels")}` };
  const pack = readPack(packFolder(name ?? BUNDLED_PACK));
  const space = packSpace(pack);
  const model = await loadVisualModel(pack);
  const all = readLabelled(folder);
  const figures: Figure[] = [];
  for (const [half, which] of ["chosen on", "others"].entries()) {
    const some = all.filter((_, i) => i % 2 === half);
    for (const [what, change] of Object.entries(SHAPES)) {
      const right = neighbours(await embed(some, change, { pack, space, model }), space.width);
      figures.push(figure(`${what}: right among the first 5 (${which})`, right));
    }
  }
  const wholes = all.map((photo) => ({ ...photo, boxes: [{ type: -1, box: [0, 0, 1, 1] as const }] }));
  const [seen, whole] = [
    await embed(all, SHAPES.box!, { pack, space, model }),
    await embed(wholes, null, { pack, space, model }),
  ];
  figures.push(...ownLabels(all, seen, whole, space));
  await model.dispose();
  return { figures };
}

const figure = (what: string, share: number): Figure => ({ benchmark: "crops", what, value: 100 * share, unit: "%" });

/** A box, and the part of the photo that is cut out for it. The photo's own sides are counted as equal. */
const SHAPES: Record<string, (box: Rectangle) => Rectangle> = {
  box: (box) => box,
  "box with a margin of 15 %": (box) => grown(box, 0.15 * (box[2] - box[0]), 0.15 * (box[3] - box[1])),
  "square around the box": ([x0, y0, x1, y1]) => {
    const [width, height] = [x1 - x0, y1 - y0];
    const side = Math.max(width, height);
    return grown([x0, y0, x1, y1], (side - width) / 2, (side - height) / 2);
  },
};

const grown = ([x0, y0, x1, y1]: Rectangle, across: number, down: number): Rectangle => [
  Math.max(0, x0 - across),
  Math.max(0, y0 - down),
  Math.min(1, x1 + across),
  Math.min(1, y1 + down),
];

function readLabelled(folder: string): Labelled[] {
  const names = readdirSync(join(folder, "labels")).filter((file) => file.endsWith(".txt"));
  return names.sort().map((file) => {
    const lines = readFileSync(join(folder, "labels", file), "utf8").split("\n");
    const numbers = lines.filter((line) => line.trim() !== "").map((line) => line.trim().split(/\s+/).map(Number));
    return {
      path: join(folder, "images", file.replace(/txt$/, "jpg")),
      boxes: numbers
        .filter(([, , , width, height]) => width! * height! >= MIN_AREA)
        .map(([type, x, y, width, height]) => ({
          type: type!,
          box: grown([x!, y!, x!, y!], width! / 2, height! / 2),
        })),
    };
  });
}

async function embed(
  photos: readonly Labelled[],
  /** Null for the whole photo, as it is labelled. */
  change: ((box: Rectangle) => Rectangle) | null,
  { pack, space, model }: { pack: Pack; space: FeatureSpace; model: VisualModel },
): Promise<Crops> {
  const found: Crops = { types: [], photos: [], rows: new Float32Array(0) };
  const rows: Float32Array[] = [];
  for (const [p, { path, boxes }] of photos.entries()) {
    if (boxes.length === 0) continue;
    const pixels = change
      ? await decodeCrops(
          path,
          boxes.map(({ box }) => change(box)),
          pack.preprocess,
        )
      : [(await decode(path, pack.preprocess)).pixels!];
    const { features, logits } = await model.embed(pixels);
    const C = pack.classes.length;
    rows.push(whitenedRows(space, { features, ...topClasses(logits, C, Math.min(STORED_CLASSES, C)) }));
    found.types.push(...boxes.map(({ type }) => type));
    found.photos.push(...boxes.map(() => p));
  }
  return { ...found, rows: unitRows(concat(rows, Float32Array), space.width) };
}

/** Share of the five most similar boxes of other photos that show the same class, over all boxes of such a class. */
function neighbours({ types, photos, rows }: Crops, W: number): number {
  const shares = types.flatMap((type, i) => {
    const others = types.flatMap((other, j) =>
      photos[j] === photos[i] ? [] : [{ score: dot(rows, i * W, rows, j * W, W), isRight: other === type }],
    );
    if (others.filter(({ isRight }) => isRight).length < 2) return [];
    const first = others.sort((a, b) => b.score - a.score).slice(0, 5);
    return [first.filter(({ isRight }) => isRight).length / first.length];
  });
  return mean(shares);
}

/** Each class as a label of one's own: mean AP of proposals, and of whole photos ranked by what was taught. */
function ownLabels(all: readonly Labelled[], seen: Crops, whole: Crops, space: FeatureSpace): Figure[] {
  const W = space.width;
  const next = random(1);
  const found = new Map<string, number[]>();
  const add = (what: string, value: number) => found.set(what, [...(found.get(what) ?? []), value]);
  const rowsOf = (some: readonly number[]) => takeRows(seen.rows, W, [...some]);
  for (const type of new Set(seen.types)) {
    const own = seen.types.flatMap((each, i) => (each === type ? [i] : []));
    const photos = [...new Set(own.map((i) => seen.photos[i]!))];
    if (photos.length < MIN_PHOTOS) continue;
    for (let draw = 0; draw < DRAWS; draw++) {
      const taught = new Set(shuffled(photos, next).slice(0, Math.min(EXAMPLES, photos.length >> 1)));
      const examples = own.filter((i) => taught.has(seen.photos[i]!)).slice(0, EXAMPLES);
      const others = seen.types.flatMap((_, i) => (taught.has(seen.photos[i]!) ? [] : [i]));
      const isRight = (i: number) => seen.types[i] === type;
      const query = rocchioQuery(rowsOf(examples), new Float32Array(0), W);
      add(
        "proposals by the mean of the examples",
        precision(others, (i) => dot(seen.rows, i * W, query, 0, W), isRight),
      );
      const likeness = (i: number) => Math.max(...examples.map((j) => dot(seen.rows, i * W, seen.rows, j * W, W)));
      add("proposals by the most similar example", precision(others, likeness, isRight));
      const learned = directionOf(space, rowsOf(examples));
      add(
        "proposals by the few-shot learner",
        precision(others, (i) => dot(seen.rows, i * W, learned, 0, W), isRight),
      );

      const shown = whole.photos.map((p) => all[p]!.boxes.some((box) => box.type === type));
      const rest = whole.photos.flatMap((p, i) => (taught.has(p) ? [] : [i]));
      const lessons = takeRows(
        whole.rows,
        W,
        whole.photos.flatMap((p, i) => (taught.has(p) ? [i] : [])),
      );
      for (const [what, rows] of [
        ["photos taught by photos", lessons],
        ["photos taught by photos and crops", concat([lessons, rowsOf(examples)], Float32Array)],
      ] as const) {
        const direction = directionOf(space, rows);
        add(
          what,
          precision(
            rest,
            (i) => dot(whole.rows, i * W, direction, 0, W),
            (i) => shown[i]!,
          ),
        );
      }
    }
  }
  return [...found].map(([what, values]) => figure(`${what}, mean AP`, mean(values)));
}

/** `[W]` */
const directionOf = (space: FeatureSpace, rows: Float32Array): Float32Array =>
  fitFewShot(space, rows, [
    { accepted: Array.from({ length: rows.length / space.width }, (_, i) => i), rejected: [], unknown: [] },
  ]).vectors;

/** Average precision of a ranking, 0..1. */
function precision(some: readonly number[], score: (i: number) => number, isRight: (i: number) => boolean): number {
  const ranked = some.map((i) => ({ i, at: score(i) })).sort((a, b) => b.at - a.at);
  let [right, sum] = [0, 0];
  ranked.forEach(({ i }, rank) => {
    if (isRight(i)) sum += ++right / (rank + 1);
  });
  return right === 0 ? 0 : sum / right;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
