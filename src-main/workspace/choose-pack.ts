import { Refusal } from "../../src-shared/refusal";
import { BUNDLED_PACK, defaultPack, SUPERSEDED_PACKS } from "../base/default-pack";
import { readOrFallback } from "../base/fallback";
import { packFolder } from "../base/resources";
import { readMeta, type Store, writeMeta } from "../store/database";
import { currentModel, type Model } from "../store/models";
import { countRanked } from "../store/ranked-photos";
import { type Pack, readPack } from "../vision/pack";

/** A pack, and the bundled pack's name or the folder that it was asked for by. */
export interface NamedPack {
  pack: Pack;
  from: string;
}

/** The pack that made a library's labels, where it can't be read any more; its photos keep them. */
export interface MissingPack {
  name: string;
  title: string;
  model: Model;
}

/** What labels a library, and what would label it better; null where nothing would. */
export type PackChoice = { used: NamedPack; better: NamedPack | null } | { missing: MissingPack; better: NamedPack };

/**
 * A library goes on with the pack that its labels are of, until a person asks for another one: nothing is embedded
 * again unasked.
 * @param wanted the pack that the library's settings name @param isGiven it was asked for just now, and nothing stands
 *   in for it
 * @throws Refusal `no-pack` or `bad-pack`
 */
export function choosePack(store: Store, wanted: string, isGiven: boolean, notices: string[]): PackChoice {
  if (isGiven) return { used: read(wanted), better: null };
  const said: string[] = [];
  const meant = readOrFallback(read, wanted, wanted === defaultPack() ? BUNDLED_PACK : defaultPack(), said);
  const model = currentModel(store);
  if (!model || model.visualId === meant.pack.visualId || countRanked(store) === 0) {
    notices.push(...said);
    return { used: meant, better: SUPERSEDED_PACKS.has(meant.pack.visualId) ? otherThan(meant) : null };
  }
  const known = rememberedPack(store, model.visualId);
  const used = known && packIfUnchanged(known.from, model.visualId);
  return used
    ? { used, better: meant }
    : { missing: { name: known?.name ?? "", title: known?.title ?? "an earlier model", model }, better: meant };
}

const read = (from: string): NamedPack => ({ pack: readPack(packFolder(from)), from });

function otherThan({ pack }: NamedPack): NamedPack | null {
  const other = read(defaultPack());
  return other.pack.visualId === pack.visualId ? null : other;
}

/** What a library remembers of a pack that labelled it, for when that is gone. */
export function rememberPack(store: Store, { pack: { visualId, name, title }, from }: NamedPack): void {
  writeMeta(store, `pack ${visualId}`, JSON.stringify({ name, title, from }));
}

function rememberedPack(store: Store, visualId: string): { name: string; title: string; from: string } | null {
  const remembered = readMeta(store, `pack ${visualId}`);
  if (remembered) return JSON.parse(remembered) as { name: string; title: string; from: string };
  const superseded = SUPERSEDED_PACKS.get(visualId);
  return superseded ? { ...superseded, from: superseded.name } : null;
}

/** Null where it is gone, or another network lies in its place. */
function packIfUnchanged(from: string, visualId: string): NamedPack | null {
  try {
    const there = read(from);
    return there.pack.visualId === visualId ? there : null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return null;
  }
}
