import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import type { PackAnswers } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { adoptClassifier, CLASSIFIER_NAMES, type ClassifierForm } from "../../vision/adopt-classifier";
import { adoptDetector, DETECTOR_NAMES } from "../../vision/adopt-detector";
import type { DetectorForm } from "../../vision/detector-form";
import type { Pack } from "../../vision/pack";
import { describedPack, packFileNames } from "../../vision/pack-file-names";
import { packFile } from "../../vision/pack-files";
import { reducedInput } from "../../vision/reduced-input";
import { readClassList } from "./class-list";
import type { ReadNetwork } from "./read-network";

/** A pack that isn't written yet. */
export interface PackInFiles {
  /** Contents by file name. */
  files: Map<string, string | Uint8Array>;
  /** pack.json */
  described: Record<string, unknown>;
  /** Detectors of the former pack that were left out. */
  leftOut: string[];
}

/** Answers after defaults; those that a network doesn't need may be missing. */
export type Answered = PackAnswers & { name: string };

/** A new pack of a classifier alone. @throws Refusal `bad-setting`, `bad-label-set`; RangeError */
export function classifierPack(bytes: Uint8Array, form: ClassifierForm, answers: Answered): PackInFiles {
  const { name, resize, mean, std, labels } = answers;
  const size = form.size ?? answers.size;
  if (size === undefined || resize === undefined || !mean || !std || labels === undefined)
    throw new Error("asked for too little"); // `refuseMissing` comes first
  if (resize < size || resize > 4 * size)
    throw new Refusal("bad-setting", `The short side is ${resize} pixels; it must be from ${size} to ${4 * size}.`);
  const classes = readClassList(labels, form.classes);
  return {
    files: new Map<string, string | Uint8Array>([
      ["visual.onnx", adoptClassifier(bytes, form, size)],
      ["classes.json", `${JSON.stringify(classes, null, 1)}\n`],
    ]),
    described: {
      format: 2,
      name,
      title: name,
      licence: answers.licence ?? "not stated",
      source: answers.source ?? "not stated",
      visual: {
        file: "visual.onnx",
        input: {
          name: CLASSIFIER_NAMES.input,
          layout: "nchw",
          size,
          resize: `short side to ${resize}, centre crop ${size}`,
          mean,
          std,
          ...(form.single ? { batch: 1 } : {}),
        },
        features: { name: CLASSIFIER_NAMES.features, dimensions: form.dimensions },
        logits: { name: CLASSIFIER_NAMES.logits, classes: form.classes },
      },
      classes: "classes.json",
    },
    leftOut: [],
  };
}

/** A pack as it is, under another name. @throws Refusal `bad-pack` */
export function copiedPack({ folder }: Pack, name: string): PackInFiles {
  const described = describedPack(folder);
  const files = packFileNames(folder)
    .filter((file) => file !== "pack.json")
    .map((file) => [file, readFileSync(packFile(folder, file))] as const);
  return { files: new Map(files), described: { ...described, name }, leftOut: [] };
}

const DEFAULT_THRESHOLD = 0.5;
const ONE = 1;

/**
 * A pack's classifier, with all that belongs to it, and a detector. Detectors that share a class with the new one are
 * left out, since both would find the same things; the others see photos at the size that they are used to.
 * @throws Refusal `bad-label-set`, `bad-pack`; RangeError
 */
export function detectorPack(
  { path, bytes }: ReadNetwork,
  form: DetectorForm,
  base: Pack,
  answers: Answered,
): PackInFiles {
  const { labels, mean = [0, 0, 0], std = [1, 1, 1], threshold = DEFAULT_THRESHOLD } = answers;
  const size = form.size ?? (answers.size === undefined ? null : { height: answers.size, width: answers.size });
  if (!size || labels === undefined) throw new Error("asked for too little"); // `refuseMissing` comes first
  const classes = readClassList(labels, form.classes).map((each) => ({ ...each, threshold }));
  const called = basename(path, extname(path));
  const names = new Set(classes.map((each) => each.name));
  const pack = copiedPack(base, answers.name);
  const longSide = Math.max(size.width, size.height, base.detection?.longSide ?? 0);
  const before = base.detection?.detectors ?? [];
  const kept = before.filter((each) => !each.classes.some((known) => names.has(known.name)));
  const file = unused(pack, `${form.kind}.onnx`);
  const list = unused(pack, `${form.kind}.json`);
  pack.files.set(file, adoptDetector(bytes, form, { size, classes: classes.length, mean, std }));
  pack.files.set(list, `${JSON.stringify(classes, null, 1)}\n`);
  const networks = kept.map((each) => {
    const { name, kind, licence, source, outputs } = each;
    const described = { name, kind, licence, source, outputs, ...namesOf(base, name) };
    if (base.detection!.longSide === longSide && base.detection!.multiple === ONE)
      return { ...described, input: each.input };
    const { network, input } = reducedInput(readFileSync(each.file), each, base.detection!);
    pack.files.set(described.file, network);
    return { ...described, input };
  });
  for (const { name } of before.filter((each) => !kept.includes(each))) {
    const gone = namesOf(base, name);
    pack.files.delete(gone.file);
    pack.files.delete(gone.classes);
  }
  return {
    files: pack.files,
    described: {
      ...pack.described,
      format: 2,
      title: `${base.title}, with ${called}`,
      detectors: {
        input: { longSide, multiple: ONE },
        networks: [
          ...networks,
          {
            name: freeName(
              called,
              kept.map((each) => each.name),
            ),
            kind: "objects",
            file,
            licence: answers.licence ?? "not stated",
            source: answers.source ?? "not stated",
            input: DETECTOR_NAMES.input,
            outputs: DETECTOR_NAMES.outputs,
            classes: list,
          },
        ],
      },
    },
    leftOut: before.filter((each) => !kept.includes(each)).map(({ name }) => name),
  };
}

/** Names of a detector's files in its pack. */
function namesOf(pack: Pack, detector: string): { file: string; classes: string } {
  const { networks } = describedPack(pack.folder).detectors as {
    networks: { name: string; file: string; classes: string }[];
  };
  const { file, classes } = networks.find(({ name }) => name === detector)!;
  return { file, classes };
}

const unused = ({ files }: PackInFiles, name: string): string =>
  freeName(name, [...files.keys(), "pack.json", "README.md"]);

/** The name, or the first of 2-name, 3-name … that is not taken. */
function freeName(name: string, taken: string[]): string {
  let free = name;
  for (let i = 2; taken.includes(free); i++) free = `${i}-${name}`;
  return free;
}

/** pack.json with the SHA-256 of all files. */
export function describedWithHashes({ files, described }: PackInFiles): string {
  const sha256 = Object.fromEntries(
    [...files].map(([name, content]) => [name, createHash("sha256").update(content).digest("hex")]),
  );
  return `${JSON.stringify({ ...described, sha256 }, null, 2)}\n`;
}
