/**
 * ImageNet's ids are noun offsets of WordNet 3.0; labels use those of 3.1. Offsets differ between the two, names and
 * hypernyms hardly do.
 */
import { existsSync, readFileSync } from "node:fs";
import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import { foldPhrase } from "./phrases";
import type { WordNet } from "./wordnet";

export interface WnidRow {
  /** `n02084071` */
  wnid: string;
  lemmas: string[];
  /** wnids, which may be rows themselves */
  parents: string[];
}

/** `[wnid, label, name]` */
export type WnidEntry = [string, LabelId, string];

/**
 * Maps WordNet 3.0 ids to labels by the names of the synsets and of all their hypernyms. If n rows match the same n
 * synsets equally well (the two echidnas), they are matched in order of offset, because both releases list synsets in
 * the same order.
 *
 * @returns each row's label, and the rows for which no synset of 3.1 shares a name or several match equally well
 */
export function mapWnids(rows: WnidRow[], wordnet: WordNet): { mapping: Map<string, LabelId>; unmapped: string[] } {
  const byId = new Map(rows.map((row) => [row.wnid, row]));
  const mapping = new Map<string, LabelId>();
  const namesAbove = new Map<LabelId, Set<string>>();
  /** The names of all hypernyms of a synset. */
  const namesOver = (id: LabelId): Set<string> => {
    let names = namesAbove.get(id);
    if (names === undefined) {
      names = new Set(
        wordnet.parents(id).flatMap((parent) => [...wordnet.lemmas(parent).map(foldPhrase), ...namesOver(parent)]),
      );
      namesAbove.set(id, names);
    }
    return names;
  };
  const ties = new Map<string, { wnids: string[]; ids: LabelId[] }>();
  for (const row of rows) {
    const lemmas = new Set(row.lemmas.map(foldPhrase));
    const above = new Set(
      ancestorsOf(row.wnid, byId).flatMap((wnid) => (byId.get(wnid)?.lemmas ?? []).map(foldPhrase)),
    );
    const scored = [...new Set(row.lemmas.flatMap((lemma) => wordnet.senses(lemma)))].map((id) => ({
      id,
      score: overlap(lemmas, new Set(wordnet.lemmas(id).map(foldPhrase))) + overlap(above, namesOver(id)),
    }));
    const best = Math.max(...scored.map((each) => each.score));
    const ids = scored
      .filter((each) => each.score === best)
      .map((each) => each.id)
      .sort();
    const tie = ties.get(ids.join()) ?? { wnids: [], ids };
    tie.wnids.push(row.wnid);
    ties.set(ids.join(), tie);
  }
  for (const { wnids, ids } of ties.values()) {
    if (ids.length === 1) wnids.forEach((wnid) => mapping.set(wnid, ids[0]));
    else if (ids.length === wnids.length) wnids.sort().forEach((wnid, i) => mapping.set(wnid, ids[i]));
  }
  return { mapping, unmapped: rows.map((row) => row.wnid).filter((wnid) => !mapping.has(wnid)) };
}

/** Size of the intersection over that of the union, 0..1 (Jaccard). */
function overlap(a: Set<string>, b: Set<string>): number {
  const shared = [...a].filter((each) => b.has(each)).length;
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}

function ancestorsOf(wnid: string, rows: Map<string, WnidRow>): string[] {
  const found = new Set([wnid]);
  for (const each of found) for (const parent of rows.get(each)?.parents ?? []) found.add(parent);
  found.delete(wnid);
  return [...found];
}

/**
 * Maximum distance between a synset's offset in 3.1 and where it is expected from 3.0. Of ImageNet's 21,843 synsets,
 * 999 in 1,000 are closer.
 */
const FURTHEST = 10_000;

/**
 * Maps a wnid to a label by one of its names, for data without a hierarchy. Both releases list synsets in the same
 * order, so their offsets differ by an amount that grows slowly along the file. Returns the name's sense that is
 * closest to where the neighbouring known wnids suggest. Agrees with `mapWnids` on 98.7% of the 21,713 ImageNet synsets
 * that that maps.
 * @param table wnids whose labels are known
 * @returns null if no sense of the name is close enough
 */
export function wnidByName(
  table: readonly WnidEntry[],
  wordnet: Pick<WordNet, "senses">,
): (wnid: string, name: string) => LabelId | null {
  const offset = (id: string) => Number(id.replace(/^\D+/, ""));
  const known = table
    .map(([wnid, label]) => ({ at: offset(wnid), shift: offset(label) - offset(wnid) }))
    .sort((a, b) => a.at - b.at);
  const expected = (at: number): number => {
    const after = known.findIndex((each) => each.at >= at);
    const [a, b] = after < 0 ? [known.at(-1)!, known.at(-1)!] : [known[Math.max(0, after - 1)], known[after]];
    const share = b.at === a.at ? 0 : Math.max(0, (at - a.at) / (b.at - a.at));
    return at + a.shift + share * (b.shift - a.shift);
  };
  return (wnid, name) => {
    const place = expected(offset(wnid));
    let best: LabelId | null = null;
    let least = FURTHEST;
    for (const id of wordnet.senses(name)) {
      const away = Math.abs(offset(id) - place);
      if (away < least) [best, least] = [id, away];
    }
    return best;
  };
}

export interface SynsetRow extends WnidRow {
  /**
   * Its set in the zero-shot literature: imagenet-1k, 2-hops, 3-hops-pure or rest; empty for a synset that is only a
   * hypernym.
   */
  split: string;
}

/**
 * Reads ImageNet's synsets from a tab-separated table: wnid, lemmas, parents (comma-separated lists) and split. @throws
 * Refusal `bad-synsets`
 */
export function readSynsets(file: string): SynsetRow[] {
  if (!existsSync(file)) throw new Refusal("bad-synsets", `There is no file ${file}.`);
  requireFile(file, "bad-synsets");
  const [header, ...lines] = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));
  const columns = header.split("\t");
  const [wnid, lemmas, parents, split] = ["wnid", "lemmas", "parents", "split"].map((name) => columns.indexOf(name));
  if (wnid < 0 || lemmas < 0 || parents < 0)
    throw new Refusal(
      "bad-synsets",
      `${file} has the columns ${columns.join(", ")}; it needs wnid, lemmas and parents, separated by tabs.`,
    );
  const list = (text: string | undefined) =>
    (text ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  return lines.map((line, i) => {
    const fields = line.split("\t");
    if (!/^n\d{8}$/.test(fields[wnid]))
      throw new Refusal(
        "bad-synsets",
        `${file}: line ${i + 2} begins with “${fields[wnid]}”, which is not a WordNet id such as n02084071.`,
      );
    return {
      wnid: fields[wnid],
      lemmas: list(fields[lemmas]),
      parents: list(fields[parents]),
      split: (split < 0 ? "" : (fields[split] ?? "")).trim(),
    };
  });
}

/** @throws Refusal `bad-word-table` when the file is not a list of `[wnid, label, name]` */
export function readWnidTable(path: string): WnidEntry[] {
  const rows: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isEntry = (row: unknown): row is WnidEntry =>
    Array.isArray(row) &&
    /^n\d{8}$/.test(String(row[0])) &&
    /^wn:\d{8}$/.test(String(row[1])) &&
    typeof row[2] === "string";
  if (!Array.isArray(rows) || !rows.every(isEntry))
    throw new Refusal("bad-word-table", `${path} is not a list of [wnid, label, name].`);
  return rows;
}
