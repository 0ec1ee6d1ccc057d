import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Preprocess } from "../preprocess";
import { Refusal } from "../refusal";
import { readClassifierHead } from "./classifier-head";

/** A folder with a visual model, its classes, and what was fitted on them. */
export interface Pack {
  folder: string;
  name: string;
  title: string;
  licence: string;
  source: string;
  preprocess: Preprocess;
  /** Per channel, of pixels in 0..1. */
  mean: number[];
  std: number[];
  visual: { file: string; input: string; features: string; logits: string };
  /** Features are averaged with those of the mirrored photo. */
  mirror: boolean;
  /** D, length of a feature vector. */
  dimensions: number;
  classes: { name: string; wnid: string | null }[];
  /** Changes with the model file and with how photos are prepared for it: features of one id can't be mixed with another's. */
  visualId: string;
}

const shape = z.object({
  format: z.literal(1),
  name: z.string().min(1),
  title: z.string().default(""),
  licence: z.string().default("not stated"),
  source: z.string().default("not stated"),
  visual: z.object({
    file: z.string(),
    input: z.object({
      name: z.string(),
      layout: z.literal("nchw"),
      size: z.int().min(8).max(2048),
      resize: z.string(),
      recompress: z.object({ format: z.literal("jpeg"), quality: z.int().min(1).max(100) }).optional(),
      mean: z.array(z.number()).length(3),
      std: z.array(z.number().positive()).length(3),
    }),
    features: z.object({ name: z.string(), dimensions: z.int().positive() }),
    logits: z.object({ name: z.string(), classes: z.int().min(2) }),
    mirror: z.boolean().default(false),
  }),
  classes: z.string(),
  prototypes: z.string().optional(),
  scatter: z.string().optional(),
});

const classShape = z.array(z.object({ name: z.string().min(1), wnid: z.string().regex(/^n\d{8}$/).nullish() }));

/** @throws Refusal `bad-pack` with the folder and what is wrong in it */
export function readPack(folder: string): Pack {
  const described = parseJson(folder, "pack.json", shape);
  const classes = parseJson(folder, described.classes, classShape);
  const { visual } = described;
  if (classes.length !== visual.logits.classes) {
    throw badPack(folder, `${described.classes} names ${classes.length} classes, the model has ${visual.logits.classes}`);
  }
  const file = within(folder, visual.file);
  const bytes = read(folder, visual.file);
  const visualId = createHash("sha256").update(bytes).update(JSON.stringify(visual)).digest("hex").slice(0, 16);
  return {
    folder, classes: classes.map(({ name, wnid }) => ({ name, wnid: wnid ?? null })),
    name: described.name, title: described.title || described.name, licence: described.licence, source: described.source,
    preprocess: {
      size: visual.input.size,
      resize: resizeOf(folder, visual.input.resize, visual.input.size),
      recompress: visual.input.recompress ? { quality: visual.input.recompress.quality } : null,
    },
    mean: visual.input.mean, std: visual.input.std,
    visual: { file, input: visual.input.name, features: visual.features.name, logits: visual.logits.name },
    mirror: visual.mirror,
    dimensions: visual.features.dimensions,
    visualId,
  };
}

/**
 * One vector per class that stands for its photos, `[C, D]`: the mean feature of its training photos where the pack has them,
 * else the classifier's row for the class.
 * @throws Refusal `bad-pack`
 */
export function readPrototypes(pack: Pack): { vectors: Float32Array; from: "prototypes" | "classifier" } {
  const C = pack.classes.length;
  const described = parseJson(pack.folder, "pack.json", shape);
  if (described.prototypes) {
    const vectors = floatsOf(read(pack.folder, described.prototypes));
    if (vectors.length !== C * pack.dimensions) {
      throw badPack(pack.folder, `${described.prototypes} holds ${vectors.length} numbers, ${C} classes × ${pack.dimensions} features need ${C * pack.dimensions}`);
    }
    if (!vectors.every(Number.isFinite)) throw badPack(pack.folder, `${described.prototypes} holds numbers that are not finite`);
    return { vectors, from: "prototypes" };
  }
  try {
    return { vectors: readClassifierHead(pack.visual.file, pack.visual.logits, C, pack.dimensions).weights, from: "classifier" };
  } catch (error) {
    throw badPack(pack.folder, `${basename(pack.visual.file)} can't be read: ${(error as Error).message}`);
  }
}

/** How features scatter within classes, `[D, D]`, where the pack says; else null. @throws Refusal `bad-pack` */
export function readScatter({ folder, dimensions: D }: Pack): Float32Array | null {
  const { scatter: name } = parseJson(folder, "pack.json", shape);
  if (!name) return null;
  const scatter = floatsOf(read(folder, name));
  if (scatter.length !== D * D || !scatter.every(Number.isFinite)) throw badPack(folder, `${name} is no scatter of ${D} × ${D} finite numbers`);
  return scatter;
}

/** Little-endian 32-bit floats, copied so that they are aligned. */
export const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 2);

function resizeOf(folder: string, text: string, size: number): Preprocess["resize"] {
  if (/^centre square to \d+x\d+/.test(text)) return "cover";
  const short = /^short side to (\d+), centre crop (\d+)$/.exec(text);
  if (short && Number(short[2]) === size && Number(short[1]) >= size) return { shortSide: Number(short[1]) };
  throw badPack(folder, `resize “${text}” is not understood for an input of ${size} pixels`);
}

function parseJson<T extends z.ZodType>(folder: string, name: string, schema: T): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(read(folder, name).toString("utf8"));
  } catch (error) {
    throw error instanceof Refusal ? error : badPack(folder, `${name} is no JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw badPack(folder, `${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function read(folder: string, name: string): Buffer {
  const file = within(folder, name);
  if (!existsSync(file)) throw badPack(folder, `${name} is missing`);
  return readFileSync(file);
}

/** A pack comes from strangers: its files lie beside `pack.json` and nowhere else. */
function within(folder: string, name: string): string {
  if (name === "") throw badPack(folder, "“” names no file");
  if (name.includes("/") || name.includes("\\") || name.startsWith(".")) throw badPack(folder, `file name “${name}” leads out of the pack`);
  return join(folder, name);
}

const badPack = (folder: string, reason: string) => new Refusal("bad-pack", `model pack ${folder}: ${reason}`);
