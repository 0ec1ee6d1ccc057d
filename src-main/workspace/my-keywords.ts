import type { LabelId } from "../../src-shared/contract";
import type { Lexicon } from "../labeller/lexicon";
import type { Store } from "../store/database";
import { labelCards } from "../store/label-cards";
import { keywordsOf } from "../store/metadata";
import { settingsOf } from "../store/settings";
import { annotatedLabels } from "../store/verdicts";
import { type LabelSet, MY_KEYWORDS } from "../words/label-sets";
import { keywordReader } from "./keyword-labels";
import type { OpenLibrary } from "./open-library";

/**
 * The label set `my-keywords`: what the keywords in the library's photos mean, with the keywords above them, and labels
 * that a person gave or changed; without deleted ones.
 */
export function myKeywordSet(store: Store, lexicon: Lexicon): LabelSet {
  const cards = labelCards(store);
  const used = annotatedLabels(store).union(new Set(cards.keys()));
  const meaning = keywordReader({ store, lexicon }, used);
  const labels = new Set<LabelId>(used);
  for (const { steps } of keywordsOf(store))
    for (let length = 1; length <= steps.length; length++) {
      const { label } = meaning(steps.slice(0, length));
      if (label !== null) labels.add(label);
    }
  return {
    name: MY_KEYWORDS,
    labels: [...labels].filter((label) => !cards.get(label)?.hidden).sort(),
    own: [],
    repeated: [],
  };
}

/** Whether photos or labels have brought keywords, or taken some away, since the library's labels were prepared. */
export function haveMyKeywordsChanged({ store, lexicon, labelSet, ranker }: OpenLibrary): boolean {
  if (settingsOf(store).labelSet !== MY_KEYWORDS) return false;
  const { labels } = myKeywordSet(store, lexicon);
  const known = new Set(ranker.labels);
  return labels.length !== labelSet.size || labels.some((label) => !known.has(label));
}
