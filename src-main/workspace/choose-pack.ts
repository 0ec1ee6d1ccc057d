import { Refusal } from "../../src-shared/refusal";
import { BUNDLED_PACK, defaultPack, SUPERSEDED_PACKS } from "../base/default-pack";
import { readOrFallback } from "../base/fallback";
import { packFolder } from "../base/resources";
import { readMeta, type Store, writeMeta } from "../store/database";
import { currentModel, type Model } from "../store/models";
import { countRanked } from "../store/ranked-photos";
import { type Pack, readPack } from "../vision/pack";

/** A pack, and how it was requested: by name or by folder. */
export interface NamedPack {
  pack: Pack;
  from: string;
}

/** The pack that labelled a library but can't be read any more. Its labels stay. */
export interface MissingPack {
  name: string;
  title: string;
  model: Model;
}

/** The pack that labels a library, and a better one to offer; null if there is none. */
export type PackChoice = { used: NamedPack; better: NamedPack | null } | { missing: MissingPack; better: NamedPack };

/**
 * Chooses the pack for a library. It stays with the pack that labelled it until the user asks for another, because a
 * change embeds all photos again.
 * @param wanted the pack that the library's settings name
 * @param isGiven the user just asked for it, so there is no fallback
 * @throws Refusal `no-pack` or `bad-pack`
 */
export function choosePack(store: Store, wanted: string, isGiven: boolean, notices: string[]): PackChoice {
  const read = (from: string) => readNamed(from, store.home);
  if (isGiven) return { used: read(wanted), better: null };
  const said: string[] = [];
  const meant = readOrFallback(read, wanted, wanted === defaultPack() ? BUNDLED_PACK : defaultPack(), said);
  const model = currentModel(store);
  if (!model || model.visualId === meant.pack.visualId || countRanked(store) === 0) {
    notices.push(...said);
    return { used: meant, better: SUPERSEDED_PACKS.has(meant.pack.visualId) ? otherThan(meant, store.home) : null };
  }
  const known = rememberedPack(store, model.visualId);
  const used = known && packIfUnchanged(known.from, model.visualId, store.home);
  return used
    ? { used, better: meant }
    : { missing: { name: known?.name ?? "", title: known?.title ?? "an earlier model", model }, better: meant };
}

/** @param from a pack's name or folder @param home the data folder @throws Refusal `no-pack`, `bad-pack` */
export const readNamed = (from: string, home: string): NamedPack => ({ pack: readPack(packFolder(from, home)), from });

function otherThan({ pack }: NamedPack, home: string): NamedPack | null {
  const other = readNamed(defaultPack(), home);
  return other.pack.visualId === pack.visualId ? null : other;
}

/** What a library remembers of the pack that labelled it, in case the pack goes missing. */
export function rememberPack(store: Store, { pack: { visualId, name, title }, from }: NamedPack): void {
  writeMeta(store, `pack ${visualId}`, JSON.stringify({ name, title, from }));
}

function rememberedPack(store: Store, visualId: string): { name: string; title: string; from: string } | null {
  const remembered = readMeta(store, `pack ${visualId}`);
  if (remembered) return JSON.parse(remembered) as { name: string; title: string; from: string };
  const superseded = SUPERSEDED_PACKS.get(visualId);
  return superseded ? { ...superseded, from: superseded.name } : null;
}

/** Null if the pack is missing or another network has taken its place. */
function packIfUnchanged(from: string, visualId: string, home: string): NamedPack | null {
  try {
    const named = readNamed(from, home);
    return named.pack.visualId === visualId ? named : null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
