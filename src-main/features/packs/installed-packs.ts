import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { InstalledPack } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { defaultPack } from "../../base/default-pack";
import { bundledPackNames, installedPackNames, installedPacksFolder, isPackName, resource } from "../../base/resources";
import { syncFolder } from "../../base/sync-to-disk";
import { type PackUser, packUsers } from "../../store/pack-users";
import { packFacts } from "./pack-facts";
import { speedOf } from "./pack-speeds";
import { partialFolder } from "./partial-pack";

/** A pack on this computer, without what depends on the open library. */
export type ListedPack = Omit<InstalledPack, "photosToAnalyse">;

/** The packs that came with the program, then those in the data folder; also those that can't be read, and why. */
export function listPacks(home: string): ListedPack[] {
  removeLeftovers(home);
  const users = packUsers(home);
  return [
    ...bundledPackNames().map((name) => listed(home, name, resource("packs", name), true, users)),
    ...installedPackNames(home).map((name) => listed(home, name, installedFolder(home, name), false, users)),
  ];
}

function listed(home: string, name: string, folder: string, isBundled: boolean, users: PackUser[]): ListedPack {
  const bytes = sizeOf(folder);
  const libraries = librariesUsing(users, name, folder);
  const about = { name, folder, isBundled, bytes, libraries };
  try {
    const pack = packFacts(home, folder);
    return { ...about, pack, fault: null, speed: speedOf(home, pack.visualId) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...about, pack: null, fault: error.message, speed: null };
  }
}

/** Photo folders whose libraries are labelled by a pack, or ask for it. */
const librariesUsing = (users: PackUser[], name: string, folder: string): string[] =>
  users
    .filter(({ preferred, labelledBy }) =>
      [preferred ?? defaultPack(), labelledBy].some((from) => from === name || from === folder),
    )
    .map((user) => user.folder)
    .sort();

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + statSync(join(folder, name)).size, 0);

const installedFolder = (home: string, name: string): string => join(installedPacksFolder(home), name);

/** What a pack is renamed to before its files are deleted, so that nobody finds half a pack. */
const LEFTOVER = /^\.removed-[0-9a-f]{16}$/;

/**
 * Deletes an installed pack, and what has been downloaded of one. A library that used it opens as with a missing pack:
 * its labels stay, nothing new is labelled.
 * @param isForced also if libraries use it
 * @returns bytes freed
 * @throws Refusal `no-pack`; `not-allowed` for a pack that comes with the program; `pack-in-use`
 */
export function removePack(home: string, name: string, isForced = false): number {
  removeLeftovers(home);
  const isInstalled = isPackName(name) && existsSync(installedFolder(home, name));
  const partial = isPackName(name) ? partialFolder(home, name) : null;
  const isPartial = partial !== null && existsSync(partial);
  if (!isInstalled && !isPartial) throw noPackToRemove(home, name);
  if (isInstalled && !isForced) {
    const libraries = librariesUsing(packUsers(home), name, installedFolder(home, name));
    if (libraries.length > 0)
      throw new Refusal(
        "pack-in-use",
        `${name} labels the photos in ${libraries.join(", ")}. Choose another model there first.`,
      );
  }
  const folders = [...(isInstalled ? [installedFolder(home, name)] : []), ...(isPartial ? [partial] : [])];
  const bytes = folders.reduce((sum, folder) => sum + sizeOf(folder), 0);
  for (const folder of folders)
    renameSync(folder, join(installedPacksFolder(home), `.removed-${randomBytes(8).toString("hex")}`));
  syncFolder(installedPacksFolder(home));
  removeLeftovers(home);
  return bytes;
}

function noPackToRemove(home: string, name: string): Refusal {
  if (bundledPackNames().includes(name))
    return new Refusal("not-allowed", `${name} comes with Semblance and can’t be removed.`);
  const names = installedPackNames(home).join(", ");
  return new Refusal(
    "no-pack",
    `There is no installed pack ${name}${names === "" ? ": none is installed" : `. Installed are ${names}`}.`,
  );
}

/** Deletes packs whose removal was interrupted. */
function removeLeftovers(home: string): void {
  const packs = installedPacksFolder(home);
  if (!existsSync(packs)) return;
  for (const name of readdirSync(packs).filter((each) => LEFTOVER.test(each)))
    rmSync(join(packs, name), { recursive: true, force: true });
}
