import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabelId } from "../../src-preload/contract";
import type { Confidence } from "../devise/ranking";
import { FIRST_FIT, type FitData, type FitSettings, type Fitted } from "../devise/fit";
import { Refusal } from "../refusal";
import { floatsOf, type Pack } from "../vision/pack";

/** The projection that comes with a pack, or was fitted to it on first use. */
export interface PackProjection {
  /** `[E, D]`, row-major */
  M: Float32Array;
  confidence: Confidence;
  settings: FitSettings;
  seconds: number;
}

/** What a projection was trained on, kept beside it for who wants to know. */
export interface TrainedOn {
  embeddings: "words" | "random";
  prototypes: number;
  photos: number;
  dataset: string | null;
  heldOut: LabelId[];
}

const logisticShape = z.object({ bias: z.number(), weights: z.array(z.number()) });
const shape = z.object({
  /** Id of the vocabulary it was fitted on. */
  words: z.string(),
  visual: z.string(),
  settings: z.object({
    loss: z.enum(["hinge", "l2"]).default("hinge"), margin: z.number(), violations: z.enum(["first", "all"]), steps: z.int(), batch: z.int(),
    learningRate: z.number(), decay: z.number(), seed: z.int(),
  }),
  seconds: z.number(),
  confidence: z.object({
    covered: logisticShape, uncovered: logisticShape, taught: logisticShape,
    apart: z.object({ shows: logisticShape, known: logisticShape, unknown: logisticShape, uncovered: logisticShape }).optional(),
  }),
  trainedOn: z.object({ photos: z.int() }).optional(),
});

/**
 * The projection that was kept for a pack in the data folder, else its own; null where there is neither for these words.
 * @throws Refusal `bad-pack` when a file is damaged or does not fit the pack
 */
export function readProjection(pack: Pack, wordsId: string, E: number, home: string): PackProjection | null {
  const described = descriptionsOf(pack, wordsId, home)[0];
  if (!described) return null;
  const { folder, settings, seconds, confidence } = described;
  const file = join(folder, "projection.f32");
  if (!existsSync(file)) throw new Refusal("bad-pack", `model pack ${pack.folder}: ${file} is missing`);
  const M = floatsOf(readFileSync(file));
  if (M.length !== E * pack.dimensions) throw new Refusal("bad-pack", `model pack ${pack.folder}: the projection of ${M.length} numbers in ${file} does not fit ${E} × ${pack.dimensions}`);
  const stray = M.findIndex((value) => !Number.isFinite(value));
  if (stray >= 0) throw new Refusal("bad-pack", `model pack ${pack.folder}: number ${stray} of ${M.length} in ${file} is ${M[stray]}`);
  return { M, settings, seconds, confidence };
}

/** The folder of a projection that knows more than a pack's prototypes: its own, or one that was fitted on photos; null where there is none. */
export function betterThanPrototypes(pack: Pack, wordsId: string, home: string): string | null {
  return descriptionsOf(pack, wordsId, home).find(({ folder, trainedOn }) => folder === pack.folder || (trainedOn?.photos ?? 0) > 0)?.folder ?? null;
}

/** What is said of a pack's projections for these words, the one that counts first. @throws Refusal `bad-pack` */
function descriptionsOf(pack: Pack, wordsId: string, home: string) {
  return [keptFolder(home, pack, wordsId), pack.folder].flatMap((folder) => {
    const file = join(folder, "projection.json");
    if (!existsSync(file)) return [];
    const described = { folder, ...parse(pack, file) };
    return described.words === wordsId && described.visual === pack.visualId ? [described] : [];
  });
}

function parse(pack: Pack, file: string): z.infer<typeof shape> {
  const broken = (reason: string) => new Refusal("bad-pack", `model pack ${pack.folder}: ${file}: ${reason}`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw broken((error as Error).message);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw broken(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Keeps a projection beside its description, whole or not at all. */
export function writeProjection(folder: string, pack: Pack, wordsId: string, { M, ...rest }: PackProjection & { scores?: unknown; trainedOn?: TrainedOn }): void {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(join(folder, `${name}.part`), bytes);
    renameSync(join(folder, `${name}.part`), join(folder, name));
  };
  put("projection.f32", new Uint8Array(M.buffer, M.byteOffset, M.byteLength));
  put("projection.json", `${JSON.stringify({ words: wordsId, visual: pack.visualId, ...rest }, null, 2)}\n`);
}

/** Where a projection is kept that was trained here. */
export const keptFolder = (home: string, pack: Pack, wordsId: string): string => join(home, "projections", `${pack.visualId}-${wordsId.slice(0, 16)}`);

/** What M is first fitted on: one prototype per class that has a word vector. @throws Refusal `bad-pack` when fewer than two have one */
export function prototypeData(pack: Pack, prototypes: Float32Array, classLabels: LabelId[], vectorOf: (label: LabelId) => Float32Array | null, E: number): FitData {
  const D = pack.dimensions;
  const known = classLabels.map((label, c) => ({ c, vector: vectorOf(label) })).filter((each) => each.vector !== null);
  if (known.length < 2) throw new Refusal("bad-pack", `model pack ${pack.folder}: only ${known.length} of ${classLabels.length} classes have a word vector`);
  const features = new Float32Array(known.length * D);
  const words = new Float32Array(known.length * E);
  known.forEach(({ c, vector }, i) => {
    features.set(prototypes.subarray(c * D, (c + 1) * D), i * D);
    words.set(vector!, i * E);
  });
  return { dimensions: D, wordDimensions: E, features, words, truths: Int32Array.from(known.keys()) };
}

/** Prototypes are few: as many steps as the bundled fit takes would only overfit them. */
export const PROTOTYPE_FIT: FitSettings = { ...FIRST_FIT, steps: 400 };

export type Fit = (data: FitData, settings: FitSettings) => Promise<Fitted>;
