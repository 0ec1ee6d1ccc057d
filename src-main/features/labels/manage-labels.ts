import type { LabelCard as ShownCard, LabelChange, LabelId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { isOwnLabel, isSynset } from "../../../src-shared/label-id";
import { Refusal } from "../../../src-shared/refusal";
import { type Box, boxChange, boxesOfLabel } from "../../store/box-verdicts";
import type { Store } from "../../store/database";
import type { LabelCard } from "../../store/label-card";
import { changeCards, labelCards } from "../../store/label-cards";
import { countLabels } from "../../store/predictions";
import { currentAnnotations, type VerdictChange } from "../../store/verdicts";
import { foldPhrase } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";

/** Every label that a photo or a verdict has, or that has a card; labels of most photos first. */
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
 * Suggestions from WordNet for a label: synonyms, and for a label of the user's own also parents, most likely first.
 */
export function labelOptions(
  { lexicon }: OpenLibrary,
  label: LabelId,
): { synonyms: string[]; parents: { label: LabelId; name: string }[] } {
  const { name } = lexicon.named(label);
  const meanings = isOwnLabel(label) ? lexicon.labels.resolve(name).filter(isSynset) : [label];
  const synonyms = meanings
    .slice(0, 1)
    .flatMap((meaning) => lexicon.wordnet.lemmas(meaning))
    .filter((lemma) => foldPhrase(lemma) !== foldPhrase(name));
  const parents = isOwnLabel(label)
    ? meanings.flatMap((meaning) => [meaning, ...lexicon.wordnet.parents(meaning)])
    : [];
  return {
    synonyms: [...new Set(synonyms)],
    parents: [...new Set(parents)].map((parent) => ({ label: parent, name: lexicon.named(parent).name })),
  };
}

/**
 * Changes a label's card.
 * @throws Refusal `name-taken`, `key-taken`, `no-label`, `kind-of-itself`, `kind-of-wordnet`
 */
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
    if (!isOwnLabel(label))
      throw new Refusal(
        "kind-of-wordnet",
        `The parent of “${before}” comes from WordNet. You can only set the parent of custom labels.`,
      );
    if (change.kindOf !== null) {
      requireSynset(library, change.kindOf);
      if (lexicon.wordnet.isA(change.kindOf, label))
        throw new Refusal(
          "kind-of-itself",
          `“${lexicon.named(change.kindOf).name}” is already a kind of “${before}”, so it can’t be its parent.`,
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
    if (other)
      throw new Refusal(
        "key-taken",
        `Shift + ${change.key} is already used for “${lexicon.named(other[0]).name}”. Choose another key.`,
      );
    put(card, "key", change.key);
  }
  const renamed = change.name === undefined ? null : (change.name ?? lexicon.wordnet.name(label));
  changeCards(store, new Map([[label, card]]), [], () =>
    renamed === null ? `Change label “${before}”` : `Rename “${before}” to “${renamed}”`,
  );
}

/**
 * Moves the verdicts on some labels, and their accepted boxes, to another one and makes their names its synonyms. Where a photo already has a
 * verdict on the target label, that one wins.
 * @returns how many verdicts moved
 * @throws Refusal `no-label`, `same-label`
 */
export function mergeLabels(library: OpenLibrary, from: readonly LabelId[], into: LabelId): number {
  const { store, lexicon } = library;
  for (const label of [...from, into]) requireSynset(library, label);
  const merged = new Set(from.filter((label) => label !== into));
  if (merged.size === 0)
    throw new Refusal(
      "same-label",
      `“${lexicon.named(into).name}” can’t be merged into itself. Choose another label to keep.`,
    );
  const annotations = currentAnnotations(store);
  const settled = new Set(annotations.filter(({ label }) => label === into).map(({ photo }) => photo));
  const verdictChanges: VerdictChange[] = [];
  for (const { photo, label, verdict, added } of annotations) {
    if (!merged.has(label)) continue;
    verdictChanges.push({ photo, label, verdict: "clear" });
    if (settled.has(photo)) continue;
    settled.add(photo);
    verdictChanges.push({ photo, label: into, verdict, added });
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
  const boxes = acceptedBoxesOf(store, merged).flatMap((box) => [
    boxChange(box, "clear"),
    boxChange({ ...box, label: into }, "accept"),
  ]);
  changeCards(store, changed, verdictChanges, () => `Merge ${names} into “${lexicon.named(into).name}”`, { boxes });
  return verdictChanges.filter(({ label }) => label === into).length;
}

/**
 * Clears all verdicts on labels and their accepted boxes, and hides the labels.
 * @returns how many verdicts were cleared
 * @throws Refusal `no-label`
 */
export function deleteLabels(library: OpenLibrary, labels: readonly LabelId[]): number {
  const { store, lexicon } = library;
  for (const label of labels) requireSynset(library, label);
  const gone = new Set(labels);
  const verdictChanges = currentAnnotations(store)
    .filter(({ label }) => gone.has(label))
    .map(({ photo, label }): VerdictChange => ({ photo, label, verdict: "clear" }));
  const cards = labelCards(store);
  const hidden = new Map(
    [...gone].map((label): [LabelId, LabelCard] => {
      const { key: _, ...card } = cards.get(label) ?? {};
      return [label, { ...card, hidden: true }];
    }),
  );
  const what = gone.size === 1 ? `label “${lexicon.named(labels[0]!).name}”` : `${gone.size} labels`;
  return changeCards(
    store,
    hidden,
    verdictChanges,
    (n) => `Delete ${what}${n > 0 ? ` and ${formatCount(n, "verdict")}` : ""}`,
    { boxes: acceptedBoxesOf(store, gone).map((box) => boxChange(box, "clear")) },
  );
}

const acceptedBoxesOf = (store: Store, labels: ReadonlySet<LabelId>): Box[] =>
  [...labels].flatMap((label) => boxesOfLabel(store, label, "accept"));

function put<Field extends keyof LabelCard>(card: LabelCard, field: Field, value: LabelCard[Field] | null): void {
  if (value === null) delete card[field];
  else card[field] = value;
}

function requireSynset({ lexicon }: OpenLibrary, label: LabelId): void {
  if (isSynset(label) && !lexicon.wordnet.has(label))
    throw new Refusal("no-label", `There is no label ${label} in WordNet.`);
}

/** Labels with the same name would be ambiguous when typed. */
function refuseDuplicateName({ store, lexicon }: OpenLibrary, label: LabelId, name: string): void {
  const folded = foldPhrase(name);
  const used = [...store.labels.numbers.keys()].filter(
    (other) => other !== label && labelCards(store).get(other)?.hidden !== true,
  );
  const other = used.find((each) => foldPhrase(lexicon.named(each).name) === folded);
  if (other)
    throw new Refusal(
      "name-taken",
      `A label “${lexicon.named(other).name}” already exists. Choose another name, or merge the two.`,
    );
}
