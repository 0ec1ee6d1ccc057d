import type { LabelId } from "../../../src-shared/contract";
import { isLabelId, isOwnLabel, isSynset, nameOfOwnLabel } from "../../../src-shared/label-id";
import { QueryFault } from "../../../src-shared/query/syntax";
import type { Span } from "../../../src-shared/query/tokens";
import { fullName } from "../../labeller/lexicon";
import { labelCards } from "../../store/label-cards";
import { foldPhrase } from "../../words/phrases";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { labelsInUse } from "../../workspace/training-examples";

const SUGGESTIONS = 3;
/** For each label, the library's labels that are a kind of it. Dropped when the library's labels or cards change. */
const kinds = cacheSlot<Map<LabelId, LabelId[]>>("kinds of labels");

/**
 * The library's labels that a name in a query means: all labels with that name, or one sense if the query says which
 * ("crane (machine)"), or else the most frequent sense. Includes everything that is a kind of these, unless `exactly`.
 * Empty if no photo has such a label.
 * @throws QueryFault if no label has the name
 */
export function resolveLabels(library: OpenLibrary, name: string, exactly: boolean, span: Span): LabelId[] {
  const meanings = meaningsOf(library, name);
  if (meanings.length === 0) throw new QueryFault(`There is no label “${name}”.`, span, similarNames(library, name));
  const carried = (label: LabelId) =>
    exactly ? [label].filter((one) => library.store.labels.numbers.has(one)) : kindsOf(library, label);
  // The most frequent sense, unless the library only uses a rarer one.
  const own = meanings.filter(isOwnLabel);
  const others = meanings.filter(isSynset);
  const known = others.find((label) => carried(label).length > 0);
  return [...new Set([...own, ...(known ? carried(known) : [])])];
}

/** The user's own labels with this name, then the synsets, most frequent first. */
function meaningsOf({ store, lexicon }: OpenLibrary, name: string): LabelId[] {
  if (isLabelId(name)) return store.labels.numbers.has(name) || lexicon.wordnet.has(name) ? [name] : [];
  const folded = foldPhrase(name);
  const own = [...store.labels.numbers.keys()].filter(
    (label) => isOwnLabel(label) && foldPhrase(nameOfOwnLabel(label)) === folded,
  );
  const [, word, parent] = /^(.+) \((.+)\)$/.exec(name) ?? [];
  const exact =
    word === undefined ? [] : lexicon.labels.resolve(word).filter((label) => lexicon.named(label).parent === parent);
  return [...own, ...(exact.length > 0 ? exact : lexicon.labels.resolve(name))];
}

function kindsOf({ store, lexicon, caches }: OpenLibrary, label: LabelId): LabelId[] {
  const { numbers } = store.labels;
  const cards = labelCards(store); // they hold the parents of the user's own labels
  const kept = caches.reuse(kinds, [numbers.size, cards], () => new Map());
  let found = kept.get(label);
  if (!found) kept.set(label, (found = [...numbers.keys()].filter((one) => lexicon.wordnet.isA(one, label))));
  return found;
}

function similarNames(library: OpenLibrary, name: string): string[] {
  const { lexicon } = library;
  const beginning = lexicon
    .suggest(name, SUGGESTIONS + 1, labelsInUse(library))
    .filter(({ own }) => !own)
    .map(fullName);
  const spelt = lexicon.vocabulary
    .suggestions(name, 2 * SUGGESTIONS)
    .filter((word) => lexicon.labels.resolve(word).length > 0);
  return [...new Set([...beginning, ...spelt])].slice(0, SUGGESTIONS);
}
