import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFolder } from "../base/write-folder";
import { classifierOutput, type Pack, readPack } from "../vision/pack";
import { MAX_BYTES, readPackFile } from "../vision/pack-files";
import { sceneNumbers } from "../vision/pack-scenes";
import { PACK, WRITTEN_BY } from "./own-pack";

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

/**
 * Writes a pack with the same preprocessing as its base, in place of an earlier one.
 * @param home the data folder
 * @param finish checks the pack in the temporary folder, and may add files; if it throws, nothing changes
 * @throws Refusal of `writeFolder`
 */
export async function writePack(
  home: string,
  base: Pack,
  out: string,
  made: DerivedPack,
  finish: (written: Pack) => Promise<PackFindings>,
): Promise<void> {
  const input = (JSON.parse(readFileSync(join(base.folder, "pack.json"), "utf8")) as { visual: { input: unknown } })
    .visual.input;
  const carried = carriedOver(base, made.sameFeatures);
  const described = {
    format: Object.keys(carried.described).length > 0 ? 2 : 1,
    ...WRITTEN_BY,
    name: made.name,
    title: made.title,
    licence: made.licence,
    source: made.source,
    visual: {
      file: "visual.onnx",
      input,
      mirror: base.mirror,
      features: { name: base.visual.features, dimensions: base.dimensions },
      logits: { name: classifierOutput(base), classes: made.classes.length },
    },
    classes: "classes.json",
    prototypes: "prototypes.f32",
    ...carried.described,
  };
  await writeFolder({ home, folder: out, format: PACK }, async (folder, put) => {
    for (const [name, content] of carried.files) put(name, content);
    put("visual.onnx", made.visual);
    put("classes.json", `${JSON.stringify(made.classes, null, 1)}\n`);
    put("pack.json", `${JSON.stringify(described, null, 2)}\n`);
    const { prototypes, card } = await finish(readPack(folder));
    put("prototypes.f32", bytesOf(prototypes));
    put("README.md", card);
  });
}
