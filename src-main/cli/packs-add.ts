import { resolve } from "node:path";
import type { AddedPack, PackAnswers } from "../../src-shared/contract";
import { dataFolder } from "../base/data-folder";
import { addPack } from "../features/packs/add-pack";
import { inspectPack } from "../features/packs/inspect-pack";
import { askForAnswers, usualAnswers } from "./ask-for-answers";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

type AddOptions = PackAnswers & { usual?: boolean; json?: boolean };

/** `semblance packs add` */
export async function addPackFrom(path: string, { json, usual, ...given }: AddOptions): Promise<void> {
  const answers = await completed(path, given, usual);
  const added = await runJob("measure", ({ signal, phase }) =>
    addPack(dataFolder(), path, answers, { signal, onTry: () => phase("trying") }),
  );
  if (json) return printJson(added);
  printAdded(added);
}

/** Asks on a terminal; elsewhere, the use case says which options are missing. */
async function completed(path: string, given: PackAnswers, usual = false): Promise<PackAnswers> {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  if (!usual && !isTerminal) return given;
  const inspected = inspectPack(path);
  if (usual) return usualAnswers(inspected, given);
  warn(`${resolve(path)} is ${inspected.what}.`);
  return askForAnswers(inspected, given, { input: process.stdin, output: process.stderr });
}

function printAdded({ name, title, folder, dimensions, classes, speed, topClasses, boxes, leftOut }: AddedPack): void {
  say(`Added ${name}${title === name ? "" : ` (${title})`}: ${dimensions} features, ${classes} classes, in ${folder}`);
  say(`  ${speed.millisecondsPerPhoto.toFixed(1)} ms a photo on this computer (${speed.backend})`);
  for (const { photo, name: label, probability } of topClasses)
    say(`  ${photo}: ${label} (${Math.round(100 * probability)} %)`);
  for (const { detector, found } of boxes)
    say(`  ${detector}: ${found} ${found === 1 ? "box" : "boxes"} in these photos`);
  if (leftOut.length > 0)
    say(`  left out: ${leftOut.join(", ")}, since the new detector finds some of the same things`);
  say(`Use it with: semblance tag <folder> --pack ${name}`);
}
