import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "../refusal";
import { type Pack, readPack } from "./pack";

/** What a pack that was made from another has of its own. */
export interface DerivedPack {
  name: string;
  title: string;
  licence: string;
  source: string;
  /** The ONNX file. */
  visual: Uint8Array;
  classes: { name: string; wnid: string | null; photos?: number }[];
}

/** What is known of a pack once photos went through it. */
export interface PackFindings {
  /** `[C, D]` */
  prototypes: Float32Array;
  /** README.md */
  card: string;
}

/** @throws Refusal `bad-output` when something is there that is no pack: only packs are replaced */
export function refuseOtherThanPack(out: string): void {
  if (!existsSync(out) || existsSync(join(out, "pack.json"))) return;
  if (!statSync(out).isDirectory()) throw new Refusal("bad-output", `${out} is no folder`);
  const files = readdirSync(out).length;
  if (files > 0) throw new Refusal("bad-output", `${out} is there already with ${files} files and is no model pack: nothing is replaced`);
}

/**
 * Writes a pack that takes its photos as another does. Whole or not at all: it is made beside its place, tried, and moved there.
 * @param finish tries the pack in the folder where it is made, and may add files; what it throws leaves everything as it was
 * @throws Refusal `bad-output`
 */
export async function writePack(base: Pack, out: string, made: DerivedPack, finish: (written: Pack) => Promise<PackFindings>): Promise<void> {
  refuseOtherThanPack(out);
  const input = (JSON.parse(readFileSync(join(base.folder, "pack.json"), "utf8")) as { visual: { input: unknown } }).visual.input;
  const described = {
    format: 1, name: made.name, title: made.title, licence: made.licence, source: made.source,
    visual: {
      file: "visual.onnx", input, mirror: base.mirror,
      features: { name: base.visual.features, dimensions: base.dimensions },
      logits: { name: base.visual.logits, classes: made.classes.length },
    },
    classes: "classes.json", prototypes: "prototypes.f32",
  };
  const part = `${out}.part-${process.pid}`;
  const old = `${out}.old-${process.pid}`;
  mkdirSync(dirname(out), { recursive: true });
  mkdirSync(part);
  try {
    writeFileSync(join(part, "visual.onnx"), made.visual);
    writeFileSync(join(part, "classes.json"), `${JSON.stringify(made.classes, null, 1)}\n`);
    writeFileSync(join(part, "pack.json"), `${JSON.stringify(described, null, 2)}\n`);
    const { prototypes, card } = await finish(readPack(part));
    writeFileSync(join(part, "prototypes.f32"), new Uint8Array(prototypes.buffer, prototypes.byteOffset, prototypes.byteLength));
    writeFileSync(join(part, "README.md"), card);
    if (existsSync(out)) renameSync(out, old);
    renameSync(part, out);
  } finally {
    rmSync(part, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
