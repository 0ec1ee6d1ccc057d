import type { DroppedFeatures, LibraryPack } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import { bundledPackNames, installedPackNames } from "../../base/resources";
import { dropFeatures, featureSets } from "../../store/feature-sets";
import { type NamedPack, namedPack, rememberedPacks } from "../../workspace/choose-pack";
import type { OpenLibrary } from "../../workspace/open-library";

/**
 * The packs that a library knows or could use: the one in use first, then those that analysed photos, then others on
 * this computer.
 */
export function libraryPacks({ store, pack, isPackMissing }: OpenLibrary): LibraryPack[] {
  const sets = new Map(featureSets(store).map((set) => [set.visualId, set]));
  const remembered = rememberedPacks(store);
  const places = [...remembered.values()].map(({ from }) => from);
  const readable = new Map(
    [...places, ...bundledPackNames(), ...installedPackNames(store.home)]
      .map((from) => readOrNull(from, store.home))
      .filter((found) => found !== null)
      .map((found) => [found.pack.visualId, found] as const),
  );
  if (!isPackMissing && !readable.has(pack.visualId)) readable.set(pack.visualId, { pack, from: pack.folder });
  const ids = new Set([pack.visualId, ...sets.keys(), ...readable.keys()]);
  return [...ids].map((visualId) => {
    const found = readable.get(visualId);
    const known = remembered.get(visualId);
    const { photos = 0, bytes = 0 } = sets.get(visualId) ?? {};
    return {
      visualId,
      name: found?.pack.name ?? known?.name ?? "",
      title: found?.pack.title ?? known?.title ?? `Unknown model ${visualId}`,
      from: found?.from ?? null,
      photos,
      bytes,
      isInUse: visualId === pack.visualId,
    };
  });
}

function readOrNull(from: string, home: string): NamedPack | null {
  try {
    return namedPack(from, home);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}

/**
 * The pack that a person means: by its name, title, folder or id.
 * @throws Refusal `no-pack` if the library knows none or several
 */
export function findLibraryPack(library: OpenLibrary, wanted: string): LibraryPack {
  const packs = libraryPacks(library).filter(({ photos }) => photos > 0);
  const found = packs.filter(({ visualId, name, title, from }) => [visualId, name, title, from].includes(wanted));
  if (found.length === 1) return found[0]!;
  const known = packs.map(({ visualId, name }) => (name ? `${name} (${visualId})` : visualId)).join(", ");
  throw new Refusal(
    "no-pack",
    found.length === 0
      ? `${library.store.folder} has no features of ${wanted}. It has those of ${known || "no model"}.`
      : `Several models are called ${wanted}. Give the id of one: ${known}.`,
  );
}

/**
 * Deletes what a pack computed for the library's photos. Verdicts and versions stay; only analysing the photos again
 * brings the features back.
 * @throws Refusal `pack-in-use`
 */
export async function dropFeaturesOf(library: OpenLibrary, visualId: string): Promise<DroppedFeatures> {
  const { store, pack } = library;
  if (visualId === pack.visualId)
    throw new Refusal(
      "pack-in-use",
      `${pack.title} labels the photos in ${store.folder}. Switch to another model before you delete its features.`,
    );
  return dropFeatures(store, visualId);
}

/** What to say once features were dropped. */
export const droppedSentence = ({ title }: Pick<LibraryPack, "title">, { photos, bytes }: DroppedFeatures): string =>
  `Deleted the features of ${formatCount(photos, "photo")} by ${title}, ${(bytes / 1e6).toFixed(1)} MB. ` +
  "To use that model again, Semblance analyses the photos again.";
