/** WordNet 3.1's nouns: the possible meanings of names, and the hierarchy of kinds. */
import type { LabelId } from "../../src-shared/contract";
import { foldPhrase, headNounOf, singulars } from "./phrases";
import { INSTANCE, parseWordNet } from "./wordnet-format";

/** Lexicographer files (lexnames(5WN)) used by the rules for what photos can show. */
export const FILES = {
  animal: 5,
  artifact: 6,
  body: 8,
  food: 13,
  location: 15,
  object: 17,
  person: 18,
  phenomenon: 19,
  plant: 20,
};

export interface Synset {
  id: LabelId;
  /** Number of the lexicographer file, 3 to 28; see `FILES`. */
  file: number;
  /** Whether it is an instance ("Paris") rather than a kind. */
  instance: boolean;
}

export interface Sense {
  id: LabelId;
  /** The spelling that has this sense: "China" or "china". */
  name: string;
  /** Occurrences of the name in this sense in tagged text. */
  count: number;
}

export interface WordNet {
  readonly size: number;
  has(id: LabelId): boolean;
  /** Null for labels that are not synsets. */
  synset(id: LabelId): Synset | null;
  /** The ids of all synsets, in order of offset. */
  ids(): LabelId[];
  /**
   * Possible meanings of a name, the most frequent first. Folds case, and plurals if the name itself has no meaning.
   */
  senses(name: string): LabelId[];
  /** The same with spellings and counts. */
  sensesWithCounts(name: string): Sense[];
  /** The synset's first lemma; for an own label, what follows `own:`. */
  name(id: LabelId): string;
  /** Its names, the most usual first; empty for an own label. */
  lemmas(id: LabelId): string[];
  /** Its hypernyms, including those of an instance. */
  parents(id: LabelId): LabelId[];
  /** All hypernyms within `steps`, itself excluded, with their minimum distances; nearest first. */
  ancestors(id: LabelId, steps?: number): Map<LabelId, number>;
  children(id: LabelId): LabelId[];
  /** All hyponyms and instances, itself excluded; nearest first. */
  descendants(id: LabelId): LabelId[];
  /** Also true for the label itself. */
  isA(id: LabelId, ancestor: LabelId): boolean;
  /** Up to `limit` names that begin with a text, in case-insensitive alphabetical order. */
  namesFrom(prefix: string, limit: number): string[];
}

/**
 * @throws Refusal `bad-wordnet` when the file is not a WordNet file, has another version, or is truncated or corrupt
 */
export function readWordNet(path: string): WordNet {
  const tables = parseWordNet(path);
  const {
    offsets,
    parentStart,
    parents,
    lemmaStart,
    lemmas,
    senseStart,
    senses,
    senseCounts,
    senseNumbers,
    files,
    names,
  } = tables;
  let childTable: { start: Uint32Array; children: Uint32Array } | null = null;

  const idOf = (index: number): LabelId => `wn:${String(offsets[index]).padStart(8, "0")}`;

  /** Index of a synset; -1 if the label is not one. */
  function indexOf(id: LabelId): number {
    const match = /^wn:(\d{8})$/.exec(id);
    if (!match) return -1;
    const offset = Number(match[1]);
    const at = lowerBound(offsets.length, (i) => offsets[i] < offset);
    return offsets[at] === offset ? at : -1;
  }

  const parentsOf = (index: number): number[] =>
    Array.from(parents.subarray(parentStart[index], parentStart[index + 1]), (parent) => (parent & ~INSTANCE) >>> 0);

  function childrenOf(index: number): number[] {
    childTable ??= invert(offsets.length, parentsOf);
    return [...childTable.children.subarray(childTable.start[index], childTable.start[index + 1])];
  }

  function lemmasOf(index: number): string[] {
    return Array.from(lemmas.subarray(lemmaStart[index], lemmaStart[index + 1]), (name) => names[name]);
  }

  /** The first name that does not sort before a folded text. */
  const firstName = (folded: string): number => lowerBound(names.length, (i) => names[i].toLowerCase() < folded);

  function sensesAs(folded: string): (Sense & { number: number })[] {
    const found: (Sense & { number: number })[] = [];
    for (let n = firstName(folded); n < names.length && names[n].toLowerCase() === folded; n++) {
      for (let s = senseStart[n]; s < senseStart[n + 1]; s++) {
        found.push({ id: idOf(senses[s]), name: names[n], count: senseCounts[s], number: senseNumbers[s] });
      }
    }
    return found.sort((a, b) => a.number - b.number);
  }

  function sensesWithCounts(name: string): Sense[] {
    for (const form of nameForms(name)) {
      const found = sensesAs(form);
      if (found.length > 0) return found.map(({ id, name, count }) => ({ id, name, count }));
    }
    return [];
  }

  function descendsFrom(index: number, ancestor: number): boolean {
    if (index === ancestor) return true;
    for (let p = parentStart[index]; p < parentStart[index + 1]; p++) {
      if (descendsFrom((parents[p] & ~INSTANCE) >>> 0, ancestor)) return true;
    }
    return false;
  }

  return {
    size: offsets.length,
    has: (id) => indexOf(id) >= 0,
    synset(id) {
      const index = indexOf(id);
      if (index < 0) return null;
      const instance = parentStart[index] < parentStart[index + 1] && (parents[parentStart[index]] & INSTANCE) !== 0;
      return { id, file: files[index], instance };
    },
    ids: () => Array.from(offsets, (_, index) => idOf(index)),
    senses: (name) => sensesWithCounts(name).map((sense) => sense.id),
    sensesWithCounts,
    name(id) {
      const index = indexOf(id);
      return index < 0 ? id.slice(id.indexOf(":") + 1) : names[lemmas[lemmaStart[index]]];
    },
    lemmas(id) {
      const index = indexOf(id);
      return index < 0 ? [] : lemmasOf(index);
    },
    parents(id) {
      const index = indexOf(id);
      return index < 0 ? [] : parentsOf(index).map(idOf);
    },
    ancestors(id, steps = Infinity) {
      const start = indexOf(id);
      return new Map(
        start < 0 ? [] : reach(start, parentsOf, steps).map(([index, distance]) => [idOf(index), distance]),
      );
    },
    children(id) {
      const index = indexOf(id);
      return index < 0 ? [] : childrenOf(index).map(idOf);
    },
    descendants(id) {
      const start = indexOf(id);
      return start < 0 ? [] : reach(start, childrenOf, Infinity).map(([index]) => idOf(index));
    },
    isA(id, ancestor) {
      const [below, above] = [indexOf(id), indexOf(ancestor)];
      return id === ancestor || (below >= 0 && above >= 0 && descendsFrom(below, above));
    },
    namesFrom(prefix, limit) {
      const folded = foldPhrase(prefix);
      const found: string[] = [];
      for (
        let n = firstName(folded);
        n < names.length && found.length < limit && names[n].toLowerCase().startsWith(folded);
        n++
      ) {
        found.push(names[n]);
      }
      return found;
    },
  };
}

/**
 * Spellings under which a name may be in WordNet: as typed, with spaces for hyphens and vice versa, and with its head
 * noun in the singular.
 */
function nameForms(name: string): string[] {
  const folded = foldPhrase(name);
  const words = folded.split(" ");
  const head = headNounOf(words);
  const forms = [folded, ...singulars(words[head]).map((singular) => words.with(head, singular).join(" "))];
  return [
    ...new Set(
      forms.flatMap((form) => [form, form.replace(/-/g, " "), form.replace(/ /g, "-"), form.replace(/[ -]/g, "")]),
    ),
  ];
}

/** The first index of n that does not sort before the target. */
function lowerBound(n: number, before: (i: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Everything within `most` steps, with minimum distances; nearest first, the start excluded. */
function reach(start: number, next: (index: number) => number[], most: number): [number, number][] {
  const steps = new Map([[start, 0]]);
  for (const [index, distance] of steps) {
    // grows during the walk: breadth-first
    if (distance === most) break;
    for (const neighbour of next(index)) if (!steps.has(neighbour)) steps.set(neighbour, distance + 1);
  }
  steps.delete(start);
  return [...steps];
}

function invert(size: number, parentsOf: (index: number) => number[]): { start: Uint32Array; children: Uint32Array } {
  const start = new Uint32Array(size + 1);
  for (let child = 0; child < size; child++) for (const parent of parentsOf(child)) start[parent + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const children = new Uint32Array(start[size]);
  const filled = start.slice();
  for (let child = 0; child < size; child++) for (const parent of parentsOf(child)) children[filled[parent]++] = child;
  return { start, children };
}
