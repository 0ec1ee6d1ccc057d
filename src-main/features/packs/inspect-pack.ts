import { existsSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import type { InspectedPack, PackQuestion } from "../../../src-shared/contract";
import { BUNDLED_PACK } from "../../base/default-pack";
import { KIND_NAMES } from "../../vision/detector-form";
import { readPack } from "../../vision/pack";
import { usualList } from "./class-list";
import { type ReadNetwork, readNetwork } from "./read-network";

/** Mean and standard deviation of ImageNet's pixels, which most classifiers are trained with. */
const IMAGENET = { mean: "0.485,0.456,0.406", std: "0.229,0.224,0.225" };
/** Inputs that classifiers and detectors usually have, in pixels. */
const USUAL_SIZE = { classifier: "224", objects: "640" };

/** Whether a path is a pack's folder, not a network's file. */
export const isPackFolder = (path: string): boolean => existsSync(join(path, "pack.json"));

/** What a pack's folder or an ONNX file says of itself. @throws Refusal `bad-pack`, `no-file` */
export function inspectPack(path: string): InspectedPack {
  if (!isPackFolder(path)) return describeNetwork(readNetwork(resolve(path)));
  const pack = readPack(resolve(path));
  return {
    kind: "pack",
    what: pack.title,
    name: nameFrom(pack.name),
    size: [pack.preprocess.size, pack.preprocess.size],
    classes: pack.classes.length,
    questions: [],
  };
}

/** What a network says of itself, and what must be asked. */
export function describeNetwork({ path, form }: ReadNetwork): InspectedPack {
  const name = nameFrom(basename(path, extname(path)));
  if (form.kind === "classifier") {
    const { size, classes } = form.classifier;
    return {
      kind: "classifier",
      what: `a classifier with ${classes} classes`,
      name,
      size: size === null ? null : [size, size],
      classes,
      questions: classifierQuestions(size, classes),
    };
  }
  const { kind, size, classes } = form.detector;
  return {
    kind: "objects",
    what: `a detector: ${KIND_NAMES[kind]}`,
    name,
    size: size && [size.width, size.height],
    classes,
    questions: detectorQuestions(kind !== "yolox", size !== null, classes),
  };
}

function classifierQuestions(size: number | null, classes: number): PackQuestion[] {
  return [
    ...(size === null ? [{ answer: "size" as const, usual: USUAL_SIZE.classifier }] : []),
    { answer: "resize", usual: size === null ? null : String(usualShortSide(size)) },
    { answer: "mean", usual: IMAGENET.mean },
    { answer: "std", usual: IMAGENET.std },
    { answer: "labels", usual: usualList("classifier", classes) },
  ];
}

/** @param isNormalised whether pixels are normalised before it */
function detectorQuestions(isNormalised: boolean, isSized: boolean, classes: number | null): PackQuestion[] {
  return [
    { answer: "to", usual: BUNDLED_PACK },
    ...(isSized ? [] : [{ answer: "size" as const, usual: USUAL_SIZE.objects }]),
    ...(isNormalised
      ? [
          { answer: "mean" as const, usual: "0,0,0" },
          { answer: "std" as const, usual: "1,1,1" },
        ]
      : []),
    { answer: "labels", usual: usualList("objects", classes) },
  ];
}

/** Most classifiers are tested on the middle 7/8 of a photo: 256 → 224. */
export const usualShortSide = (size: number): number => Math.round((size * 8) / 7);

/** A name that a pack can have, from a file's or a pack's own. */
const nameFrom = (text: string): string =>
  text
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[.-]+$/g, "")
    .slice(0, 64) || "pack";
