import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { type Pack, readPack } from "../vision/pack";
import { MAX_BYTES, readPackFile } from "../vision/pack-files";
import { sceneNumbers } from "../vision/pack-scenes";

/** What a derived pack does not take from its base. */
export interface DerivedPack {
  name: string;
  title: string;
  licence: string;
  source: string;
  /** The ONNX file. */
  visual: Uint8Array;
  classes: { name: string; wnid: string | null; photos?: number }[];
  /** Whether features are the same as the base pack's; only then does what was fitted on them still hold. */
  sameFeatures: boolean;
}

interface Carried {
  described: Record<string, unknown>;
  files: Map<string, Uint8Array | string>;
}

/**
 * What a derived pack keeps of its base besides the network: detectors, licence texts and, if features are the same,
 * scenes and statistics. Detector files are renamed, since their names may clash with the derived pack's own files.
 */
function carriedOver(base: Pack, sameFeatures: boolean): Carried {
  const carried: Carried = { described: {}, files: new Map() };
  for (const name of readdirSync(base.folder).filter((each) => /^licen[cs]e[\w.-]*$/i.test(each)))
    carried.files.set(name, readPackFile(base.folder, name, MAX_BYTES.description));
  if (base.detection) {
    const { longSide, multiple, detectors } = base.detection;
    const networks = detectors.map(({ file, classes, name, kind, licence, source, input, outputs }, i) => {
      const [network, named] = [`detector-${i + 1}.onnx`, `detector-${i + 1}.json`];
      carried.files.set(network, readFileSync(file)).set(named, `${JSON.stringify(classes, null, 1)}\n`);
      return { name, kind, file: network, licence, source, input, outputs, classes: named };
    });
    carried.described.detectors = { input: { longSide, multiple }, networks };
  }
  if (sameFeatures && base.scenes) {
    carried.described.scenes = { weights: "scenes.f32", classes: "scenes.json" };
    carried.files
      .set("scenes.f32", sceneNumbers(base.scenes))
      .set("scenes.json", `${JSON.stringify(base.scenes.classes, null, 1)}\n`);
  }
  if (sameFeatures && base.statistics) {
    const { rootMean, axes } = base.statistics;
    carried.described.statistics = { file: "statistics.f32", axes: axes.length / rootMean.length };
    carried.files.set("statistics.f32", Buffer.concat([bytesOf(rootMean), bytesOf(axes)]));
  }
  return carried;
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** What is computed once photos have been embedded with a pack. */
export interface PackFindings {
  /** `[C, D]` */
  prototypes: Float32Array;
  /** README.md */
  card: string;
}

/** @throws Refusal `bad-output` when the destination exists and is not a pack: only packs are overwritten */
export function refuseNonPackFolder(out: string): void {
  if (!existsSync(out) || existsSync(join(out, "pack.json"))) return;
  if (!statSync(out).isDirectory()) throw new Refusal("bad-output", `${out} is not a folder.`);
  const files = readdirSync(out).length;
  if (files > 0)
    throw new Refusal(
      "bad-output",
      `${out} already exists with ${files} files and is not a model pack. Nothing was replaced; choose another folder.`,
    );
}

/**
 * Writes a pack with the same preprocessing as its base. Atomic: it is built in a temporary folder beside its
 * destination, checked, then moved there.
 * @param finish checks the pack in the temporary folder, and may add files; if it throws, nothing changes
 * @throws Refusal `bad-output`
 */
export async function writePack(
  base: Pack,
  out: string,
  made: DerivedPack,
  finish: (written: Pack) => Promise<PackFindings>,
): Promise<void> {
  refuseNonPackFolder(out);
  const input = (JSON.parse(readFileSync(join(base.folder, "pack.json"), "utf8")) as { visual: { input: unknown } })
    .visual.input;
  const carried = carriedOver(base, made.sameFeatures);
  const described = {
    format: Object.keys(carried.described).length > 0 ? 2 : 1,
    name: made.name,
    title: made.title,
    licence: made.licence,
    source: made.source,
    visual: {
      file: "visual.onnx",
      input,
      mirror: base.mirror,
      features: { name: base.visual.features, dimensions: base.dimensions },
      logits: { name: base.visual.logits, classes: made.classes.length },
    },
    classes: "classes.json",
    prototypes: "prototypes.f32",
    ...carried.described,
  };
  const part = `${out}.part-${process.pid}`;
  const old = `${out}.old-${process.pid}`;
  mkdirSync(dirname(out), { recursive: true });
  mkdirSync(part);
  try {
    for (const [name, content] of carried.files) writeFileSync(join(part, name), content);
    writeFileSync(join(part, "visual.onnx"), made.visual);
    writeFileSync(join(part, "classes.json"), `${JSON.stringify(made.classes, null, 1)}\n`);
    writeFileSync(join(part, "pack.json"), `${JSON.stringify(described, null, 2)}\n`);
    const { prototypes, card } = await finish(readPack(part));
    writeFileSync(join(part, "prototypes.f32"), bytesOf(prototypes));
    writeFileSync(join(part, "README.md"), card);
    if (existsSync(out)) renameSync(out, old);
    renameSync(part, out);
  } finally {
    rmSync(part, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
