import type { LabelId } from "../../../src-shared/contract";
import { dot } from "../../math/vectors";
import { countLabels } from "../../store/predictions";
import { linSimilarity } from "../../words/lin-similarity";
import type { Workbench } from "../../workspace/workbench";
import type { Wanted } from "./find-photos";

/** A word to search for instead, and how many photos show it. */
export interface SuggestedWords {
  words: string;
  photos: number;
}

const MOST = 5;
/** Near enough by meaning: mean of the cosine of the word vectors and the similarity in WordNet … */
const NEAR = 0.4;
/** … or by the word vectors alone: "jumping" is no thing, but "ski" is near it. */
const NEAR_WORD = 0.45;
/** Meanings of a word that are looked at: rarer ones suggest what nobody meant. */
const MEANINGS = 3;

/**
 * Labels near to what was searched that photos show, nearest first, at most five: what to search for where no photo
 * surely shows the
 * words themselves.
 */
export function suggestWords(
  { library, lexicon }: Workbench,
  wanted: readonly Pick<Wanted, "vector" | "meanings">[],
): SuggestedWords[] {
  const meant = new Set(wanted.flatMap(({ meanings }) => meanings));
  const carried = countLabels(library).filter(({ label }) => !meant.has(label));
  const labels = carried.map(({ label }) => label);
  const best = new Map<LabelId, number>();
  for (const { vector, meanings } of wanted) {
    const senses = meanings.slice(0, MEANINGS);
    const kin = linSimilarity(labels, senses, lexicon.wordnet);
    labels.forEach((label, l) => {
      const own = lexicon.vectorOf(label);
      const cosine = own ? Math.max(0, dot(vector, 0, own, 0, own.length)) : 0;
      const near = (cosine + senses.reduce((most, _, s) => Math.max(most, kin[l * senses.length + s]), 0)) / 2;
      if (near >= NEAR || cosine >= NEAR_WORD) best.set(label, Math.max(near, best.get(label) ?? 0));
    });
  }
  return carried
    .filter(({ label }) => best.has(label))
    .sort((a, b) => best.get(b.label)! - best.get(a.label)!)
    .slice(0, MOST)
    .map(({ label, predicted, accepted }) => ({ words: lexicon.named(label).name, photos: predicted + accepted }));
}
