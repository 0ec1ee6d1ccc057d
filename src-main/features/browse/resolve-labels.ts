import type { LabelId } from "../../../src-shared/contract";
import { QueryFault } from "../../../src-shared/query/syntax";
import type { Span } from "../../../src-shared/query/tokens";
import { fullName } from "../../labeller/lexicon";
import { labelCards } from "../../store/label-cards";
import { foldPhrase } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";
import { labelsInUse } from "../../workspace/training-examples";

const SUGGESTIONS = 3;
/** Kinds of a label among the library's, by label; made anew when the library knows more labels. */
const kinds = new WeakMap<object, { labels: number; cards: object; of: Map<LabelId, LabelId[]> }>();

/**
 * The library's labels that a name in a query means: those of that name, "crane (machine)" where it has several
 * meanings, else its
 * likeliest meaning, and unless `exactly` all kinds of it. May be none: of a name that no photo carries.
 * @throws QueryFault for a name that no label has
 */
export function resolveLabels(library: OpenLibrary, name: string, exactly: boolean, span: Span): LabelId[] {
  const meanings = meaningsOf(library, name);
  if (meanings.length === 0) throw new QueryFault(`No label is called “${name}”.`, span, similarNames(library, name));
  const carried = (label: LabelId) =>
    exactly ? [label].filter((one) => library.store.labels.numbers.has(one)) : kindsOf(library, label);
  // The likeliest meaning, unless the library knows the name by another one alone.
  const own = meanings.filter((label) => label.startsWith("own:"));
  const others = meanings.filter((label) => !label.startsWith("own:"));
  const known = others.find((label) => carried(label).length > 0);
  return [...new Set([...own, ...(known ? carried(known) : [])])];
}

/** A name's own labels, then the synsets of that name, likeliest first. */
function meaningsOf({ store, lexicon }: OpenLibrary, name: string): LabelId[] {
  if (/^(wn:\d{8}|own:.+)$/.test(name))
    return store.labels.numbers.has(name as LabelId) || lexicon.wordnet.has(name as LabelId) ? [name as LabelId] : [];
  const folded = foldPhrase(name);
  const own = [...store.labels.numbers.keys()].filter(
    (label) => label.startsWith("own:") && foldPhrase(label.slice(4)) === folded,
  );
  const [, word, parent] = /^(.+) \((.+)\)$/.exec(name) ?? [];
  const exact =
    word === undefined ? [] : lexicon.labels.resolve(word).filter((label) => lexicon.named(label).parent === parent);
  return [...own, ...(exact.length > 0 ? exact : lexicon.labels.resolve(name))];
}

function kindsOf({ store, lexicon }: OpenLibrary, label: LabelId): LabelId[] {
  const { numbers } = store.labels;
  let kept = kinds.get(numbers);
  const cards = labelCards(store); // which say what the user's own labels are kinds of
  if (kept?.labels !== numbers.size || kept.cards !== cards)
    kinds.set(numbers, (kept = { labels: numbers.size, cards, of: new Map() }));
  let found = kept.of.get(label);
  if (!found) kept.of.set(label, (found = [...numbers.keys()].filter((one) => lexicon.wordnet.isA(one, label))));
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
