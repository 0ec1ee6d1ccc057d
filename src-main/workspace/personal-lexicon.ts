import type { LabelId } from "../../src-shared/contract";
import { isOwnLabel, ownLabelOrNull } from "../../src-shared/label-id";
import type { Lexicon } from "../labeller/lexicon";
import type { Store } from "../store/database";
import type { LabelCard } from "../store/label-card";
import { labelCards } from "../store/label-cards";
import { MY_KEYWORDS } from "../words/label-sets";
import { foldPhrase } from "../words/phrases";
import type { WordNet } from "../words/wordnet";
import { cacheSlot, type LibraryCaches } from "./library-caches";
import { myKeywordSet } from "./my-keywords";

const namedLabels = cacheSlot<Map<string, LabelId[]>>("labels by the user’s names");

/** The lexicon with the user's changes: names, synonyms, parents of own labels, and the label set of their keywords. */
export function personalLexicon(lexicon: Lexicon, store: Store, caches: LibraryCaches): Lexicon {
  const cards = () => labelCards(store);
  const names = () => caches.reuse(namedLabels, [cards()], () => labelsByName(cards()));
  const wordnet = withOwnKinds(lexicon.wordnet, cards);
  const named: Lexicon["named"] = (label) => {
    const name = cards().get(label)?.name;
    return name === undefined ? lexicon.named(label) : { name, parent: null };
  };
  const called = (name: string): LabelId[] => names().get(foldPhrase(name)) ?? [];
  const resolve = (words: string): LabelId[] => [...new Set([...called(words), ...lexicon.labels.resolve(words)])];
  const personal: Lexicon = {
    ...lexicon,
    labelSet: (set, classLabels) =>
      set === MY_KEYWORDS ? myKeywordSet(store, personal) : lexicon.labelSet(set, classLabels),
    wordnet,
    named,
    labels: { ...lexicon.labels, resolve, name: (label) => cards().get(label)?.name ?? lexicon.labels.name(label) },
    meant: (text) => called(text)[0] ?? lexicon.meant(text),
    suggest(text, limit, shown) {
      const begins = foldPhrase(text);
      const mine =
        begins === "" ? [] : [...names()].filter(([name]) => name.startsWith(begins)).flatMap(([, labels]) => labels);
      const chosen = [...new Set(mine)].map((label) => {
        const { name, parent } = named(label);
        const synonym = foldPhrase(name).startsWith(begins)
          ? null
          : (cards().get(label)!.synonyms ?? []).find((other) => foldPhrase(other).startsWith(begins))!;
        return { label, name, parent, synonym, own: isOwnLabel(label), near: false };
      });
      const others = lexicon
        .suggest(text, limit, shown)
        .filter(({ label }) => !mine.includes(label) && cards().get(label)?.hidden !== true)
        .map((suggestion) => ({ ...suggestion, ...named(suggestion.label) }));
      // A name or synonym of an existing label is not a new label.
      const taken = called(text).length > 0 ? ownLabelOrNull(text) : null;
      return [...chosen, ...others.filter(({ label }) => label !== taken)].slice(0, limit);
    },
  };
  return personal;
}

/** Labels by the folded names and synonyms that the user gave them, without hidden labels. */
function labelsByName(cards: ReadonlyMap<LabelId, LabelCard>): Map<string, LabelId[]> {
  const found = new Map<string, LabelId[]>();
  for (const [label, { name, synonyms = [], hidden }] of cards) {
    if (hidden) continue;
    for (const each of name === undefined ? synonyms : [name, ...synonyms])
      found.set(foldPhrase(each), [...(found.get(foldPhrase(each)) ?? []), label]);
  }
  return found;
}

/** The hierarchy with the user's own labels in it, such as Rex under dogs. Parents can be own labels too. */
function withOwnKinds(wordnet: WordNet, cards: () => ReadonlyMap<LabelId, LabelCard>): WordNet {
  const parentOf = (label: LabelId): LabelId | undefined =>
    isOwnLabel(label) ? cards().get(label)?.parent : undefined;
  const ancestors: WordNet["ancestors"] = (label, steps = Infinity) => {
    const parent = parentOf(label);
    if (parent === undefined || steps < 1) return wordnet.ancestors(label, steps);
    const found = new Map<LabelId, number>([[parent, 1]]);
    for (const [ancestor, distance] of ancestors(parent, steps - 1))
      if (!found.has(ancestor)) found.set(ancestor, distance + 1);
    return found;
  };
  const ownKinds = (label: LabelId): LabelId[] =>
    [...cards()].filter(([, { parent }]) => parent === label).map(([kind]) => kind);
  return {
    ...wordnet,
    ancestors,
    parents: (label) => {
      const parent = parentOf(label);
      return parent === undefined ? wordnet.parents(label) : [parent];
    },
    children: (label) => [...wordnet.children(label), ...ownKinds(label)],
    descendants: (label) => [
      ...wordnet.descendants(label),
      ...[...cards().keys()].filter(
        (kind) => kind !== label && parentOf(kind) !== undefined && ancestors(kind).has(label),
      ),
    ],
    isA: (label, ancestor) =>
      label === ancestor ||
      (parentOf(label) === undefined ? wordnet.isA(label, ancestor) : ancestors(label).has(ancestor)),
  };
}
