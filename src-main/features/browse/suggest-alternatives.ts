import type { LabelId } from "../../../src-shared/contract";
import { dot } from "../../math/vectors";
import { countLabels } from "../../store/predictions";
import { linSimilarity } from "../../words/lin-similarity";
import type { OpenLibrary } from "../../workspace/open-library";
import type { SearchTerm } from "./search-terms";

/** A word to search for instead, and how many photos have it. */
export interface AlternativeWords {
  words: string;
  photos: number;
}

const MAX_SUGGESTIONS = 5;
/** A suggestion must be this close in meaning (mean of word vector cosine and Lin similarity) … */
const MIN_SIMILARITY = 0.4;
/** … or have a word vector this close: "jumping" is not a thing, but "ski" is close to it. */
const MIN_WORD_COSINE = 0.45;
/** Senses compared per word. Rarer ones suggest things that people don't mean. */
const MEANINGS = 3;

/**
 * Up to five labels in use that are close to the search, closest first: what to try when no photo matches confidently.
 */
export function suggestAlternatives(
  { store, lexicon }: OpenLibrary,
  terms: readonly Pick<SearchTerm, "vector" | "meanings">[],
): AlternativeWords[] {
  const meant = new Set(terms.flatMap(({ meanings }) => meanings));
  const carried = countLabels(store).filter(({ label }) => !meant.has(label));
  const labels = carried.map(({ label }) => label);
  const best = new Map<LabelId, number>();
  for (const { vector, meanings } of terms) {
    const senses = meanings.slice(0, MEANINGS);
    const kin = linSimilarity(labels, senses, lexicon.wordnet);
    labels.forEach((label, l) => {
      const own = lexicon.vectorOf(label);
      const cosine = own ? Math.max(0, dot(vector, 0, own, 0, own.length)) : 0;
      const near = (cosine + senses.reduce((most, _, s) => Math.max(most, kin[l * senses.length + s]!), 0)) / 2;
      if (near >= MIN_SIMILARITY || cosine >= MIN_WORD_COSINE) best.set(label, Math.max(near, best.get(label) ?? 0));
    });
  }
  return carried
    .filter(({ label }) => best.has(label))
    .sort((a, b) => best.get(b.label)! - best.get(a.label)!)
    .slice(0, MAX_SUGGESTIONS)
    .map(({ label, predicted, accepted }) => ({ words: lexicon.named(label).name, photos: predicted + accepted }));
}
