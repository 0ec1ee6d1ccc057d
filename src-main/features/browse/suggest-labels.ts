import type { LabelId, LabelSuggestion } from "../../../src-shared/contract";
import { ownLabelOrNull } from "../../../src-shared/label-id";
import { dot } from "../../math/vectors";
import { labelCards } from "../../store/label-cards";
import type { OpenLibrary } from "../../workspace/open-library";
import { labelsInUse } from "../../workspace/training-examples";

/** The most suggestions by meaning, and their minimum cosine: "puppy" suggests "dog", "xylem" nothing. */
const MAX_NEAR = 3;
const MIN_NEAR_COSINE = 0.55;
/** Levels up the hierarchy that are searched for a label in use: a puppy is a dog. */
const KIND_STEPS = 2;

/**
 * Label suggestions for typed text: labels whose name starts with it, then synonyms, then labels in use that are close
 * in meaning, and finally the text as a new label.
 */
export function suggestLabels(library: OpenLibrary, text: string, limit: number): LabelSuggestion[] {
  const shown = labelsInUse(library);
  const found = library.lexicon.suggest(text, limit, shown);
  const near = nearInMeaning(library, text, shown, new Set(found.map(({ label }) => label)));
  const typed = ownLabelOrNull(text);
  const own = found.filter(({ label, own, synonym }) => own && synonym === null && label === typed);
  const known = found.filter((suggestion) => !own.includes(suggestion));
  return [...known.slice(0, Math.max(1, limit - near.length - own.length)), ...near, ...own].slice(0, limit);
}

function nearInMeaning(
  { lexicon, store }: OpenLibrary,
  text: string,
  shown: readonly LabelId[],
  taken: ReadonlySet<LabelId>,
): LabelSuggestion[] {
  const vector = text.trim() === "" ? null : lexicon.vocabulary.vector(text.trim());
  const kinds = new Map(
    lexicon.labels
      .resolve(text)
      .slice(0, 1)
      .flatMap((meaning) => [...lexicon.wordnet.ancestors(meaning, KIND_STEPS)]),
  );
  const cards = labelCards(store);
  const scored: { label: LabelId; score: number }[] = [];
  for (const label of shown) {
    if (taken.has(label) || cards.get(label)?.hidden) continue;
    const of = vector && lexicon.vectorOf(label);
    const score = kinds.has(label) ? 2 - kinds.get(label)! / 10 : of ? dot(vector!, 0, of, 0, of.length) : 0;
    if (score >= MIN_NEAR_COSINE) scored.push({ label, score });
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_NEAR)
    .map(({ label }) => ({ label, ...lexicon.named(label), synonym: null, own: false, near: true }));
}
