import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AddedPack, PackAnswers } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { pathExists } from "../../base/refuse-target";
import { bundledPackNames, installedPacksFolder, isPackName, packFolder } from "../../base/resources";
import { type FolderTarget, tryFolder, writeFolder } from "../../base/write-folder";
import { readClassifierHead } from "../../vision/classifier-head";
import { type Pack, readPack, readPrototypes } from "../../vision/pack";
import type { Embedded } from "../../vision/visual-model";
import { refuseAnswers } from "./answers";
import { describeNetwork, inspectPack, isPackFolder } from "./inspect-pack";
import {
  type Answered,
  classifierPack,
  copiedPack,
  describedWithHashes,
  detectorPack,
  type PackInFiles,
} from "./pack-in-files";
import { rememberSpeed } from "./pack-speeds";
import { badNetwork, readNetwork } from "./read-network";
import { tryPack } from "./try-pack";

/** How far features times weights may be from the logits, relative to the largest: networks may compute in 16 bits. */
const TOLERANCE = 0.01;

/**
 * Installs a pack: a copy of a folder, or one made from a classifier or detector in an ONNX file. It is tried on ten
 * pictures first, and complete or absent whatever happens.
 * @param home the data folder
 * @param path a pack's folder or an ONNX file
 * @throws Refusal `bad-pack`, `bad-setting`, `bad-label-set`, `name-taken`, `no-pack`, `no-file`, `cannot-write`; or the
 *   reason `signal` was aborted with
 */
export async function addPack(
  home: string,
  path: string,
  answers: PackAnswers,
  { signal, onTry }: { signal?: AbortSignal; onTry?: () => void } = {},
): Promise<AddedPack> {
  const from = resolve(path);
  const { name, made, isNew } = planned(home, from, answers);
  const target: FolderTarget = {
    home,
    folder: join(installedPacksFolder(home), name),
    format: { name: "a model pack", isOurs: () => true },
    isData: true,
  };
  signal?.throwIfAborted();
  tryFolder(target, bytesOf(made));
  onTry?.();
  const { pack, trial } = await writeFolder(target, async (partial, put) => {
    for (const [file, content] of made.files) put(file, content);
    put("pack.json", describedWithHashes(made));
    try {
      const written = readPack(partial);
      if (written.classes.length > 0) readPrototypes(written);
      const check = isNew ? (embedded: Embedded) => refuseOtherLogits(written, embedded) : undefined;
      return { pack: written, trial: await tryPack(written, signal, check) };
    } catch (error) {
      throw aboutSource(error, partial, from);
    }
  });
  rememberSpeed(home, pack.visualId, trial.speed);
  const { title, dimensions, classes } = pack;
  const { speed, topClasses, boxes } = trial;
  return {
    name,
    folder: target.folder,
    title,
    dimensions,
    classes: classes.length,
    speed,
    topClasses,
    boxes,
    leftOut: made.leftOut,
  };
}

/** The pack that will be written. @returns also whether its classifier is new */
function planned(
  home: string,
  from: string,
  answers: PackAnswers,
): { name: string; made: PackInFiles; isNew: boolean } {
  if (isPackFolder(from)) {
    const inspected = inspectPack(from);
    refuseAnswers(from, inspected, answers);
    const name = freeName(home, answers.name ?? inspected.name, answers.overwrite);
    return { name, made: copiedPack(readPack(from), name), isNew: false };
  }
  refuseFolderWithoutPack(from);
  const network = readNetwork(from);
  const inspected = describeNetwork(network);
  refuseAnswers(from, inspected, answers);
  const name = freeName(home, answers.name ?? inspected.name, answers.overwrite);
  const answered: Answered = { ...answers, name };
  const { bytes, form } = network;
  try {
    const made =
      form.kind === "classifier"
        ? classifierPack(bytes, form.classifier, answered)
        : detectorPack(network, form.detector, readPack(packFolder(answers.to!, home)), answered);
    return { name, made, isNew: form.kind === "classifier" };
  } catch (error) {
    throw error instanceof RangeError ? badNetwork(from, error.message) : error;
  }
}

function refuseFolderWithoutPack(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Refusal("no-pack", `${path} is a folder without a pack.json. Name a pack’s folder or an ONNX file.`);
}

/** @throws Refusal `bad-setting`, `name-taken` */
function freeName(home: string, name: string, overwrite = false): string {
  if (!isPackName(name))
    throw new Refusal(
      "bad-setting",
      `${JSON.stringify(name.slice(0, 100))} can’t be a pack’s name. Use up to 64 letters, digits, dots, dashes and underscores, and begin with a letter or a digit.`,
    );
  if (bundledPackNames().includes(name))
    throw new Refusal(
      "name-taken",
      `${name} is the name of a pack that comes with Semblance. Give another with --name.`,
    );
  if (!overwrite && pathExists(join(installedPacksFolder(home), name)))
    throw new Refusal(
      "name-taken",
      `There is already a pack ${name}. Give another name with --name, or replace it with --overwrite.`,
    );
  return name;
}

/** Whether logits are what the last layer makes of the features: otherwise labels couldn't be learned from these. */
function refuseOtherLogits(pack: Pack, { features, logits }: Embedded): void {
  const [D, C] = [pack.dimensions, pack.classes.length];
  const { weights, bias } = readClassifierHead(pack.visual.file, pack.visual.logits!, C, D);
  const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < logits.length; i++) {
    const [photo, c] = [Math.floor(i / C), i % C];
    let sum = bias[c]!;
    for (let d = 0; d < D; d++) sum += weights[c * D + d]! * features[photo * D + d]!;
    if (Math.abs(sum - logits[i]!) > TOLERANCE * largest)
      throw new Refusal(
        "bad-pack",
        `Model pack ${pack.folder}: its last layer makes ${sum} of the features of picture ${photo + 1}, but the network gives ${logits[i]} for class ${c + 1}.`,
      );
  }
}

/** An error about the temporary folder, told of the file that it was made from. */
function aboutSource(error: unknown, partial: string, from: string): unknown {
  if (!(error instanceof Refusal)) return error;
  const message = error.message
    .replaceAll(`Model pack ${partial}: `, `Can’t use ${from}: `)
    .replaceAll(join(partial, "/"), "")
    .replaceAll(partial, from);
  return new Refusal(error.code, message);
}

const bytesOf = ({ files }: PackInFiles): number =>
  [...files.values()].reduce(
    (sum, content) => sum + (typeof content === "string" ? Buffer.byteLength(content) : content.length),
    0,
  );
