import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { partialPath } from "../base/partial-files";
import { FIRST_FIT } from "../devise/first-fit";
import type { FitData, FitSettings, Fitted } from "../devise/fit";
import type { Confidence } from "../devise/ranking-numbers";
import { UNCALIBRATED } from "../devise/uncalibrated";
import type { Pack } from "../vision/pack";
import { badPack, readPackFile, readPackFloats } from "../vision/pack-files";
import { fromStoredConfidence, storedConfidence, toStoredConfidence } from "./stored-confidence";

/** A projection that came with a pack or was fitted to it on first use. */
export interface PackProjection {
  /** `[E, D]`, row-major */
  M: Float32Array;
  confidence: Confidence;
  settings: FitSettings;
  seconds: number;
}

/** In bytes; the file lists held-out labels. */
const MAX_DESCRIPTION_BYTES = 16 * 2 ** 20;

/** What a projection was trained on, kept for reference. */
export interface TrainingRecord {
  embeddings: "words" | "random";
  prototypes: number;
  photos: number;
  dataset: string | null;
  heldOut: LabelId[];
}

const shape = z.object({
  /** Id of the vocabulary it was fitted on. */
  words: z.string(),
  visual: z.string(),
  settings: z.object({
    loss: z.enum(["hinge", "l2"]).default("hinge"),
    margin: z.number(),
    violations: z.enum(["first", "all"]),
    steps: z.int(),
    batch: z.int(),
    learningRate: z.number(),
    decay: z.number(),
    seed: z.int(),
  }),
  seconds: z.number(),
  confidence: storedConfidence,
  trainedOn: z.object({ photos: z.int() }).optional(),
});

/**
 * Reads the projection kept for a pack in the data folder, or else the pack's own; null if there is neither for these
 * words.
 * @throws Refusal `bad-pack` when a file is corrupt or does not match the pack
 */
export function readProjection(pack: Pack, wordsId: string, E: number, home: string): PackProjection | null {
  const described = descriptionsOf(pack, wordsId, home)[0];
  if (!described) return null;
  const { folder, settings, seconds } = described;
  const confidence = fromStoredConfidence(described.confidence);
  // Fitted for an earlier few-shot classifier, whose scores had another meaning.
  if (confidence.fewShot.weights.length !== UNCALIBRATED.fewShot.weights.length)
    confidence.fewShot = UNCALIBRATED.fewShot;
  const M = readPackFloats(folder, "projection.f32", E * pack.dimensions, `a projection of ${E} × ${pack.dimensions}`);
  return { M, settings, seconds, confidence };
}

/**
 * The folder of a projection that was fitted on more than prototypes: the pack's own, or one fitted on photos; null if
 * there is none.
 */
export function photoFittedProjection(pack: Pack, wordsId: string, home: string): string | null {
  return (
    descriptionsOf(pack, wordsId, home).find(
      ({ folder, trainedOn }) => folder === pack.folder || (trainedOn?.photos ?? 0) > 0,
    )?.folder ?? null
  );
}

/** The descriptions of a pack's projections for these words, in order of precedence. @throws Refusal `bad-pack` */
function descriptionsOf(pack: Pack, wordsId: string, home: string) {
  return [localProjectionFolder(home, pack, wordsId), pack.folder].flatMap((folder) => {
    if (!existsSync(join(folder, "projection.json"))) return [];
    const described = { folder, ...parse(folder) };
    return described.words === wordsId && described.visual === pack.visualId ? [described] : [];
  });
}

function parse(folder: string): z.infer<typeof shape> {
  let json: unknown;
  try {
    json = JSON.parse(readPackFile(folder, "projection.json", MAX_DESCRIPTION_BYTES).toString("utf8"));
  } catch (error) {
    throw error instanceof Refusal
      ? error
      : badPack(folder, `projection.json is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw badPack(folder, `projection.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Writes a projection and its description, both or neither. */
export function writeProjection(
  folder: string,
  pack: Pack,
  wordsId: string,
  { M, confidence, ...rest }: PackProjection & { scores?: unknown; trainedOn?: TrainingRecord },
): void {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, bytes: string | Uint8Array) => {
    const partial = partialPath(join(folder, name));
    writeFileSync(partial, bytes);
    renameSync(partial, join(folder, name));
  };
  put("projection.f32", new Uint8Array(M.buffer, M.byteOffset, M.byteLength));
  const described = { words: wordsId, visual: pack.visualId, confidence: toStoredConfidence(confidence), ...rest };
  put("projection.json", `${JSON.stringify(described, null, 2)}\n`);
}

/** The folder of a projection that was trained on this computer. */
export const localProjectionFolder = (home: string, pack: Pack, wordsId: string): string =>
  join(home, "projections", `${pack.visualId}-${wordsId.slice(0, 16)}`);

/**
 * Data for the first fit of M: one prototype for each class with a word vector. @throws Refusal `bad-pack` when fewer
 * than two have one
 */
export function prototypeData(
  pack: Pack,
  prototypes: Float32Array,
  classLabels: LabelId[],
  vectorOf: (label: LabelId) => Float32Array | null,
  E: number,
): FitData {
  const D = pack.dimensions;
  const known = classLabels.map((label, c) => ({ c, vector: vectorOf(label) })).filter((each) => each.vector !== null);
  if (known.length < 2)
    throw new Refusal(
      "bad-pack",
      `Model pack ${pack.folder}: only ${known.length} of ${classLabels.length} classes have a word vector; at least 2 are needed.`,
    );
  const features = new Float32Array(known.length * D);
  const words = new Float32Array(known.length * E);
  known.forEach(({ c, vector }, i) => {
    features.set(prototypes.subarray(c * D, (c + 1) * D), i * D);
    words.set(vector!, i * E);
  });
  return { dimensions: D, wordDimensions: E, features, words, truths: Int32Array.from(known.keys()) };
}

/** There are few prototypes, and as many steps as the bundled fit takes would overfit them. */
export const PROTOTYPE_FIT: FitSettings = { ...FIRST_FIT, steps: 400 };

export type Fit = (data: FitData, settings: FitSettings) => Promise<Fitted>;
