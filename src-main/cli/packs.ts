import type { AvailablePack, PackFacts } from "../../src-shared/contract";
import { formatBytes } from "../../src-shared/format-bytes";
import { formatCount } from "../../src-shared/format-count";
import { dataFolder } from "../base/data-folder";
import { packFolder } from "../base/resources";
import { availablePacks } from "../features/packs/available-packs";
import { checkPack } from "../features/packs/check-pack";
import { downloadPack } from "../features/packs/download-pack";
import { type ListedPack, listPacks, removePack } from "../features/packs/installed-packs";
import { measurePack } from "../features/packs/measure-pack";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

/** `semblance packs list` */
export async function showPacks({ measure, json }: { measure?: boolean; json?: boolean }): Promise<void> {
  const home = dataFolder();
  if (measure)
    for (const { name, fault } of listPacks(home))
      if (fault === null) await runJob("measure", ({ signal }) => measurePack(home, name, signal));
  const [installed, available] = [listPacks(home), availablePacks(home)];
  if (json) return printJson({ installed, available });
  installed.forEach(sayInstalled);
  if (available.length > 0) say("Can be downloaded with semblance packs get NAME:");
  available.forEach(sayAvailable);
}

function sayInstalled({ name, isBundled, bytes, pack, fault, speed, libraries, folder }: ListedPack): void {
  say(`${name}  ${pack?.title ?? "can’t be read"}`);
  if (fault !== null) say(`  ${fault}`);
  if (pack) {
    if (pack.about !== "") say(`  ${pack.about}`);
    say(`  ${contents(pack)}`);
  }
  const speeds = speed
    ? `${milliseconds(speed.millisecondsPerPhoto)} a photo on this computer (${speed.backend})`
    : "speed not measured";
  say(`  ${formatBytes(bytes)}, ${pack ? `${pack.licence}, ` : ""}${speeds}`);
  say(`  ${isBundled ? "comes with Semblance" : folder}`);
  if (libraries.length > 0) say(`  used by ${libraries.join(", ")}`);
}

function sayAvailable({ name, title, about, bytes, downloaded, licence, hub }: AvailablePack): void {
  say(`${name}  ${title}`);
  if (about !== "") say(`  ${about}`);
  const rest = downloaded > 0 ? `, ${formatBytes(downloaded)} of it already here` : "";
  say(`  ${formatBytes(bytes)}${rest}, ${licence}, from ${hub}`);
}

function contents({ classes, detectors, scenes, hasTextTower }: PackFacts): string {
  const parts = [
    classes > 0 ? formatCount(classes, "class", "classes") : [],
    hasTextTower ? "a text tower" : [],
    scenes > 0 ? formatCount(scenes, "scene") : [],
    detectors.length > 0 ? `${formatCount(detectors.length, "detector")} (${detectors.join(", ")})` : "no detectors",
  ];
  return parts.flat().join(", ");
}

/** "12 ms", "0.85 ms", "1,240 ms" */
const milliseconds = (value: number): string =>
  `${value >= 10 ? formatCount(Math.round(value), "ms", "ms") : `${Number(value.toPrecision(2))} ms`}`;

/** `semblance packs get` */
export async function getPack(name: string, { json }: { json?: boolean }): Promise<void> {
  const home = dataFolder();
  const [entry] = availablePacks(home).filter((each) => each.name === name);
  if (entry && !json)
    warn(
      entry.downloaded > 0
        ? `Continuing ${name} from ${entry.hub}: ${formatBytes(entry.downloaded)} of ${formatBytes(entry.bytes)} are here.`
        : `Downloading ${name} from ${entry.hub}: ${formatBytes(entry.bytes)}, ${entry.licence}.`,
    );
  const checked = await runJob(
    "download",
    (job) =>
      downloadPack(home, name, {
        signal: job.signal,
        onProgress: job.progress,
        onCheck: () => job.phase("checking the pack"),
      }),
    "Cancelled. What was downloaded is kept; run the command again to continue.",
  );
  if (json) return printJson(checked);
  say(`Installed ${name} in ${checked.folder}: ${speedOf(checked)}.`);
  say(`Use it with: semblance tag FOLDER --pack ${name}`);
}

/** `semblance packs check` */
export async function showCheck(nameOrFolder: string, { json }: { json?: boolean }): Promise<void> {
  const home = dataFolder();
  const checked = await runJob(
    "measure",
    ({ signal }) => checkPack(home, packFolder(nameOrFolder, home), signal),
    "Cancelled.",
  );
  if (json) return printJson(checked);
  say(
    `${checked.title} (${checked.folder}) is in order: ${formatCount(checked.hashes, "file")} with the right SHA-256.`,
  );
  say(`${checked.pictures} pictures: ${speedOf(checked)}. All numbers are finite, and the features tell photos apart.`);
  for (const { photo, name, probability } of checked.topClasses)
    say(`  ${photo}: ${name} (${Math.round(100 * probability)} %)`);
  for (const { detector, found } of checked.boxes) say(`  detector ${detector}: ${formatCount(found, "box", "boxes")}`);
}

const speedOf = ({ speed }: { speed: { millisecondsPerPhoto: number; backend: string } }): string =>
  `${milliseconds(speed.millisecondsPerPhoto)} a photo on this computer (${speed.backend})`;

/** `semblance packs remove` */
export function removeInstalledPack(name: string, { force, json }: { force?: boolean; json?: boolean }): void {
  const bytes = removePack(dataFolder(), name, force);
  if (json) printJson({ name, bytes });
  else say(`Removed ${name}; ${formatBytes(bytes)} freed.`);
}
