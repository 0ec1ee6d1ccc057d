import { basename } from "node:path";
import { z } from "zod";
import { labelNameFault } from "../../src-shared/label-id";
import type { Preprocess } from "../base/preprocess";
import { checkOnnx } from "./check-onnx";
import { readClassifierHead } from "./classifier-head";
import { describedDetectors, type PackDetection, readPackDetection } from "./pack-detectors";
import { badPack, MAX_BYTES, packFile, readHashedFile, readPackFloats, readPackJson } from "./pack-files";
import { describedScenes, type PackScenes, readPackScenes, sceneClasses } from "./pack-scenes";
import { describedText, type PackText, readPackText } from "./pack-text";

/** Generous limits: ImageNet-21K has 21,841 classes, and published models have up to 4,096 features. */
const MAX_CLASSES = 100_000;
const MAX_DIMENSIONS = 65_536;
/** Maximum size of prototypes and statistics, in numbers: 1 GB. */
const MAX_PACK_NUMBERS = 2 ** 28;

/** A folder with a visual model, its classes, and everything fitted for it. */
export interface Pack {
  folder: string;
  name: string;
  title: string;
  /** What it is good for, in a sentence or two; empty if it doesn't say. */
  about: string;
  licence: string;
  source: string;
  preprocess: Preprocess;
  /** Per channel, for pixels in 0..1. */
  mean: number[];
  std: number[];
  visual: {
    file: string;
    input: string;
    features: string;
    /** Null if the pack has a text tower, which takes the place of a classifier. */
    logits: string | null;
  };
  /** Whether features are averaged with those of the mirrored photo. */
  mirror: boolean;
  /** Photos that the network takes at a time; null for any number. */
  batch: 1 | null;
  /** D, the number of features. */
  dimensions: number;
  /** Empty if the pack has a text tower: its classes are then the labels of a library's label set. */
  classes: { name: string; wnid: string | null }[];
  text: PackText | null;
  /** Null if the pack has no detectors. */
  detection: PackDetection | null;
  scenes: PackScenes | null;
  statistics: PackStatistics | null;
  /**
   * Changes with the model file, the preprocessing and the text tower: features with different ids must not be mixed.
   */
  visualId: string;
}

/** Statistics of a network's features over a broad set of photos. */
export interface PackStatistics {
  /** `[D]` mean square root of each feature */
  rootMean: Float32Array;
  /**
   * `[r, D]` principal axes of rows `unit(√f − rootMean)`; an axis's length is the standard deviation along it relative
   * to the directions that are not axes. May be empty.
   */
  axes: Float32Array;
}

const shape = z.object({
  format: z.union([z.literal(1), z.literal(2)]),
  name: z.string().min(1),
  title: z.string().default(""),
  about: z.string().max(1000).default(""),
  licence: z.string().default("not stated"),
  source: z.string().default("not stated"),
  visual: z.object({
    file: z.string().endsWith(".onnx"),
    input: z.object({
      name: z.string(),
      layout: z.literal("nchw"),
      size: z.int().min(8).max(2048),
      batch: z.literal(1).optional(),
      resize: z.string(),
      recompress: z.object({ format: z.literal("jpeg"), quality: z.int().min(1).max(100) }).optional(),
      mean: z.array(z.number().min(-1000).max(1000)).length(3),
      std: z.array(z.number().min(1e-4).max(1000)).length(3),
    }),
    features: z.object({ name: z.string(), dimensions: z.int().min(1).max(MAX_DIMENSIONS) }),
    logits: z.object({ name: z.string(), classes: z.int().min(2).max(MAX_CLASSES) }).optional(),
    mirror: z.boolean().default(false),
  }),
  classes: z.string().optional(),
  prototypes: z.string().optional(),
  /** Takes the place of `logits`, `classes` and `prototypes`. */
  text: describedText.optional(),
  detectors: describedDetectors.optional(),
  scenes: describedScenes.optional(),
  statistics: z
    .union([z.string(), z.object({ file: z.string(), axes: z.int().min(0).max(MAX_DIMENSIONS) })])
    .optional(),
  /** SHA-256 of files, by name. */
  sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/i)).default({}),
});
type Described = z.infer<typeof shape>;

const classShape = z.array(
  z.object({
    name: z.string().min(1).max(1000),
    wnid: z
      .string()
      .regex(/^n\d{8}$/)
      .nullish(),
  }),
);

/** @throws Refusal `bad-pack` with the folder and what is wrong */
export function readPack(folder: string): Pack {
  const described = describedIn(folder);
  const { visual } = described;
  const classes = classesOf(folder, described);
  const { bytes, hash } = readHashedFile(folder, visual.file, MAX_BYTES.network, described.sha256[visual.file]);
  try {
    checkOnnx(bytes);
  } catch (error) {
    throw badPack(folder, `can’t use ${visual.file}: ${(error as Error).message}`);
  }
  const tower = described.text ? readPackText(folder, described.text, described.sha256) : null;
  hash.update(JSON.stringify(visual));
  if (tower) {
    hash.update(JSON.stringify(described.text));
    for (const each of tower.bytes) hash.update(each);
  }
  return {
    folder,
    classes,
    text: tower?.text ?? null,
    name: described.name,
    title: described.title || described.name,
    about: described.about,
    licence: described.licence,
    source: described.source,
    preprocess: {
      size: visual.input.size,
      resize: resizeOf(folder, visual.input.resize, visual.input.size),
      recompress: visual.input.recompress ? { quality: visual.input.recompress.quality } : null,
    },
    mean: visual.input.mean,
    std: visual.input.std,
    visual: {
      file: packFile(folder, visual.file),
      input: visual.input.name,
      features: visual.features.name,
      logits: visual.logits?.name ?? null,
    },
    mirror: visual.mirror,
    batch: visual.input.batch ?? null,
    dimensions: visual.features.dimensions,
    ...extrasOf(folder, described),
    visualId: hash.digest("hex").slice(0, 16),
  };
}

/** @throws Refusal `bad-pack` unless the pack has either classes or a text tower */
function classesOf(
  folder: string,
  { format, visual, classes: file, prototypes, text, sha256 }: Described,
): Pack["classes"] {
  if (format === 2 && text) {
    const given = [visual.logits && "visual.logits", file && "classes", prototypes && "prototypes"].filter(Boolean);
    if (given.length > 0)
      throw badPack(folder, `a pack with a text tower has no classes of its own; leave out ${given.join(" and ")}`);
    return [];
  }
  if (!visual.logits || file === undefined) {
    const missing = [visual.logits ? [] : ["visual.logits"], file === undefined ? ["classes"] : []].flat();
    throw badPack(folder, `pack.json lacks ${missing.join(" and ")}; only a pack with a text tower needs no classes`);
  }
  const classes = readPackJson(folder, file, classShape, MAX_BYTES.classes, sha256[file]);
  if (classes.length !== visual.logits.classes)
    throw badPack(folder, `${file} names ${classes.length} classes, but the model has ${visual.logits.classes}`);
  return classes.map(({ name, wnid }, i) => {
    const fault = wnid ? null : labelNameFault(name); // without a wnid, the name can become a label
    if (fault !== null) throw badPack(folder, `class ${i + 1} in ${file}: ${fault}`);
    return { name, wnid: wnid ?? null };
  });
}

/** Features of format 2. Format 1 did not define these fields, so they are ignored there. */
function extrasOf(folder: string, described: Described): Pick<Pack, "detection" | "scenes" | "statistics"> {
  if (described.format === 1) return { detection: null, scenes: null, statistics: null };
  const { detectors, sha256 } = described;
  return {
    detection: detectors ? readPackDetection(folder, detectors, sha256) : null,
    scenes: scenesOf(folder, described),
    statistics: statisticsOf(folder, described),
  };
}

function statisticsOf(
  folder: string,
  {
    statistics,
    visual: {
      features: { dimensions: D },
    },
    sha256,
  }: Described,
): PackStatistics | null {
  if (statistics === undefined) return null;
  const { file, axes } = typeof statistics === "string" ? { file: statistics, axes: 0 } : statistics;
  const what = axes === 0 ? `the mean roots of ${D} features` : `the mean roots of ${D} features and ${axes} axes`;
  const numbers = readPackFloats(folder, file, withinReason(folder, 1 + axes, D), what, sha256[file]);
  return { rootMean: numbers.subarray(0, D), axes: numbers.subarray(D) };
}

function scenesOf(folder: string, { scenes, visual, sha256 }: Described): PackScenes | null {
  if (!scenes) return null;
  const classes = readPackJson(folder, scenes.classes, sceneClasses, MAX_BYTES.classes, sha256[scenes.classes]);
  withinReason(folder, classes.length + 1, visual.features.dimensions);
  return readPackScenes(folder, scenes.weights, classes, visual.features.dimensions, sha256[scenes.weights]);
}

/**
 * Prototypes `[C, D]`, one per class: the mean features of its training photos if the pack has them, otherwise the
 * classifier's weights for the class. @throws Refusal `bad-pack`
 */
export function readPrototypes(pack: Pack): { vectors: Float32Array; from: "prototypes" | "classifier" } {
  const C = pack.classes.length;
  const logits = classifierOutput(pack);
  const { prototypes, sha256 } = describedIn(pack.folder);
  const count = withinReason(pack.folder, C, pack.dimensions);
  if (prototypes) {
    const vectors = readPackFloats(
      pack.folder,
      prototypes,
      count,
      `${C} classes × ${pack.dimensions} features`,
      sha256[prototypes],
    );
    return { vectors, from: "prototypes" };
  }
  try {
    return {
      vectors: readClassifierHead(pack.visual.file, logits, C, pack.dimensions).weights,
      from: "classifier",
    };
  } catch (error) {
    throw badPack(pack.folder, `can’t read ${basename(pack.visual.file)}: ${(error as Error).message}`);
  }
}

/**
 * The name of the classifier's output. @throws Refusal `bad-pack` if the pack has a text tower instead, for work that
 * needs classes
 */
export function classifierOutput({ folder, visual }: Pick<Pack, "folder" | "visual">): string {
  if (visual.logits === null) throw badPack(folder, NO_CLASSES);
  return visual.logits;
}

const NO_CLASSES = "it has a text tower instead of classes, so this can’t be done with it";

function withinReason(folder: string, rows: number, columns: number): number {
  if (rows * columns > MAX_PACK_NUMBERS)
    throw badPack(folder, `${rows} × ${columns} numbers are more than the maximum of ${MAX_PACK_NUMBERS}`);
  return rows * columns;
}

function resizeOf(folder: string, text: string, size: number): Preprocess["resize"] {
  if (/^centre square to \d+x\d+/.test(text)) return "cover";
  if (text === `stretched to ${size}x${size}`) return "stretch";
  const short = /^short side to (\d+), centre crop (\d+)$/.exec(text);
  if (short && Number(short[2]) === size && Number(short[1]) >= size && Number(short[1]) <= 4 * size)
    return { shortSide: Number(short[1]) };
  throw badPack(folder, `resize “${text}” is not valid for an input of ${size} pixels`);
}

const describedIn = (folder: string): Described => readPackJson(folder, "pack.json", shape, MAX_BYTES.description);
