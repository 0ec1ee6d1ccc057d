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
  confidence: z.object({ covered: logisticShape, uncovered: logisticShape, taught: logisticShape }),
});

/**
 * The projection that was kept for a pack in the data folder, else its own; null where there is neither for these words.
 * @throws Refusal `bad-pack` when the file does not fit the pack
 */
export function readProjection(pack: Pack, wordsId: string, E: number, home: string): PackProjection | null {
  for (const folder of [keptFolder(home, pack, wordsId), pack.folder]) {
    const described = join(folder, "projection.json");
    if (!existsSync(described)) continue;
    const { words, visual, ...rest } = shape.parse(JSON.parse(readFileSync(described, "utf8")));
    if (words !== wordsId || visual !== pack.visualId) continue;
    const M = floatsOf(readFileSync(join(folder, "projection.f32")));
    if (M.length !== E * pack.dimensions || !M.every(Number.isFinite)) {
      throw new Refusal("bad-pack", `model pack ${pack.folder}: projection of ${M.length} numbers does not fit ${E} × ${pack.dimensions}`);
    }
    return { M, ...rest };
  }
  return null;
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
