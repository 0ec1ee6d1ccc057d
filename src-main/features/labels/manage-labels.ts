import type { LabelCard as ShownCard, LabelChange, LabelId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import { changeCards, type LabelCard, labelCards } from "../../store/label-cards";
import { countLabels } from "../../store/predictions";
import { currentAnnotations, type VerdictChange } from "../../store/verdicts";
import { foldPhrase } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";

/** Every label that photos carry, that was judged by, or that has a card; most photos first. */
export function showCards({ store, lexicon }: OpenLibrary): ShownCard[] {
  const cards = labelCards(store);
  const counts = new Map(countLabels(store).map((count) => [count.label, count]));
  const rejected = new Map<LabelId, number>();
  for (const { label, verdict } of currentAnnotations(store))
    if (verdict === "reject") rejected.set(label, (rejected.get(label) ?? 0) + 1);
  return [...new Set([...counts.keys(), ...rejected.keys(), ...cards.keys()])].map((label) => {
    const { predicted, accepted } = counts.get(label) ?? { predicted: 0, accepted: 0 };
    const card = cards.get(label) ?? {};
    const kindOf = lexicon.wordnet.parents(label)[0];
    return {
      label,
      ...lexicon.named(label),
      predicted,
      accepted,
      rejected: rejected.get(label) ?? 0,
      original: lexicon.wordnet.name(label),
      kindOf: kindOf === undefined ? null : { label: kindOf, name: lexicon.named(kindOf).name },
      synonyms: card.synonyms ?? [],
      colour: card.colour ?? null,
      key: card.key ?? null,
      hidden: card.hidden ?? false,
    };
  });
}

/**
 * What WordNet has to offer for a label: its further names, and of a name of the user's own what it may be a kind of,
 * near meanings first.
 */
export function labelOptions(
  { lexicon }: OpenLibrary,
  label: LabelId,
): { synonyms: string[]; parents: { label: LabelId; name: string }[] } {
  const { name } = lexicon.named(label);
  const meanings = label.startsWith("own:")
    ? lexicon.labels.resolve(name).filter((meaning) => meaning.startsWith("wn:"))
    : [label];
  const synonyms = meanings
    .slice(0, 1)
    .flatMap((meaning) => lexicon.wordnet.lemmas(meaning))
    .filter((lemma) => foldPhrase(lemma) !== foldPhrase(name));
  const parents = label.startsWith("own:")
    ? meanings.flatMap((meaning) => [meaning, ...lexicon.wordnet.parents(meaning)])
    : [];
  return {
    synonyms: [...new Set(synonyms)],
    parents: [...new Set(parents)].map((parent) => ({ label: parent, name: lexicon.named(parent).name })),
  };
}

/** @throws Refusal `name-taken`, `key-taken`, `no-label`, `kind-of-itself`, `kind-of-wordnet` */
export function changeLabel(library: OpenLibrary, label: LabelId, change: LabelChange): void {
  const { store, lexicon } = library;
  requireSynset(library, label);
  const { name: before } = lexicon.named(label);
  const cards = labelCards(store);
  const card: LabelCard = { ...cards.get(label) };
  if (change.name !== undefined) {
    if (change.name !== null) refuseDuplicateName(library, label, change.name);
    put(card, "name", change.name === lexicon.wordnet.name(label) ? null : change.name);
  }
  if (change.kindOf !== undefined) {
    if (!label.startsWith("own:"))
      throw new Refusal(
        "kind-of-wordnet",
        `${before} is a kind of what WordNet says; only labels of your own can be put under others`,
      );
    if (change.kindOf !== null) {
      requireSynset(library, change.kindOf);
      if (lexicon.wordnet.isA(change.kindOf, label))
        throw new Refusal(
          "kind-of-itself",
          `${lexicon.named(change.kindOf).name} is a kind of ${before} already; a label can't be a kind of itself`,
        );
    }
    put(card, "parent", change.kindOf);
  }
  if (change.synonyms !== undefined)
    put(card, "synonyms", change.synonyms.length === 0 ? null : [...new Set(change.synonyms)]);
  if (change.colour !== undefined) put(card, "colour", change.colour);
  if (change.key !== undefined) {
    const other =
      change.key === null
        ? undefined
        : [...cards].find(([each, { key, hidden }]) => each !== label && key === change.key && !hidden);
    if (other) throw new Refusal("key-taken", `Shift + ${change.key} gives “${lexicon.named(other[0]).name}” already`);
    put(card, "key", change.key);
  }
  const renamed = change.name === undefined ? null : (change.name ?? lexicon.wordnet.name(label));
  changeCards(store, new Map([[label, card]]), [], () =>
    renamed === null ? `Change the label “${before}”` : `Rename “${before}” to “${renamed}”`,
  );
}

/**
 * Gives the verdicts on some labels to another one, which goes by their names too from then on. Where a photo has a
 * verdict on both,
 * that on the other one stands: no verdict is overridden.
 * @returns how many verdicts moved
 */
export function mergeLabels(library: OpenLibrary, from: readonly LabelId[], into: LabelId): number {
  const { store, lexicon } = library;
  for (const label of [...from, into]) requireSynset(library, label);
  const merged = new Set(from.filter((label) => label !== into));
  if (merged.size === 0) throw new Refusal("same-label", `“${lexicon.named(into).name}” can't be merged into itself`);
  const standing = currentAnnotations(store);
  const settled = new Set(standing.filter(({ label }) => label === into).map(({ photo }) => photo));
  const judgements: VerdictChange[] = [];
  for (const { photo, label, verdict, added } of standing) {
    if (!merged.has(label)) continue;
    judgements.push({ photo, label, verdict: "clear" });
    if (settled.has(photo)) continue;
    settled.add(photo);
    judgements.push({ photo, label: into, verdict, added });
  }
  const cards = labelCards(store);
  const target: LabelCard = { ...cards.get(into) };
  const further = [...merged].flatMap((label) => [lexicon.named(label).name, ...(cards.get(label)?.synonyms ?? [])]);
  put(
    target,
    "synonyms",
    [...new Set([...(target.synonyms ?? []), ...further])].filter((name) => name !== lexicon.named(into).name),
  );
  const changed = new Map<LabelId, LabelCard>([[into, target]]);
  for (const label of merged) changed.set(label, { hidden: true });
  const names = [...merged].map((label) => `“${lexicon.named(label).name}”`).join(", ");
  changeCards(store, changed, judgements, () => `Merge ${names} into “${lexicon.named(into).name}”`);
  return judgements.filter(({ label }) => label === into).length;
}

/** Takes all verdicts on labels back and hides them. @returns how many verdicts */
export function deleteLabels(library: OpenLibrary, labels: readonly LabelId[]): number {
  const { store, lexicon } = library;
  for (const label of labels) requireSynset(library, label);
  const gone = new Set(labels);
  const judgements = currentAnnotations(store)
    .filter(({ label }) => gone.has(label))
    .map(({ photo, label }): VerdictChange => ({ photo, label, verdict: "clear" }));
  const cards = labelCards(store);
  const hidden = new Map(
    [...gone].map((label): [LabelId, LabelCard] => {
      const { key: _, ...card } = cards.get(label) ?? {};
      return [label, { ...card, hidden: true }];
    }),
  );
  const what = gone.size === 1 ? `the label “${lexicon.named(labels[0]!).name}”` : `${gone.size} labels`;
  return changeCards(
    store,
    hidden,
    judgements,
    (n) => `Delete ${what}${n > 0 ? ` and ${formatCount(n, "verdict")}` : ""}`,
  );
}

function put<Field extends keyof LabelCard>(card: LabelCard, field: Field, value: LabelCard[Field] | null): void {
  if (value === null) delete card[field];
  else card[field] = value;
}

function requireSynset({ lexicon }: OpenLibrary, label: LabelId): void {
  if (label.startsWith("wn:") && !lexicon.wordnet.has(label))
    throw new Refusal("no-label", `there is no synset ${label}`);
}

/** Two labels of one name could not be told apart where a name is typed. */
function refuseDuplicateName({ store, lexicon }: OpenLibrary, label: LabelId, name: string): void {
  const folded = foldPhrase(name);
  const used = [...store.labels.numbers.keys()].filter(
    (other) => other !== label && labelCards(store).get(other)?.hidden !== true,
  );
  const other = used.find((each) => foldPhrase(lexicon.named(each).name) === folded);
  if (other)
    throw new Refusal("name-taken", `There is a label “${lexicon.named(other).name}” already; the two can be merged.`);
}
