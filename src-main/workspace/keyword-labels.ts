import type { LabelId } from "../../src-shared/contract";
import { isLabelId, isOwnLabel, ownLabel } from "../../src-shared/label-id";
import { fullName, type Lexicon } from "../labeller/lexicon";
import type { Store } from "../store/database";
import { labelCards } from "../store/label-cards";
import { isVisible } from "../words/class-labels";
import { foldPhrase, singulars } from "../words/phrases";
import type { Sense } from "../words/wordnet";

/** What another program's keyword means. */
export interface Meaning {
  /** Null if the keyword is better skipped. */
  label: LabelId | null;
  /** Why the user should check it; null if the meaning is clear. */
  doubt: string | null;
}

/** Another sense is a rival if the first occurs at most this many times as often in tagged text. */
const MAX_COUNT_RATIO = 2;

/**
 * Maps keywords to labels. Of several senses it takes the one that is a kind of the step before ("animals|crane" is the
 * bird), or else the one that photos most likely show. A name that no dictionary has, or that hardly ever has its
 * dictionary meaning, becomes an own label.
 * @param used labels that have verdicts or a card
 * @returns the meaning of a keyword, given its steps from general to specific
 */
export function keywordReader(
  { store, lexicon }: { store: Store; lexicon: Lexicon },
  used: ReadonlySet<LabelId>,
): (keyword: readonly string[]) => Meaning {
  const { wordnet, labels } = lexicon;
  const cards = labelCards(store);
  const everyday = new Set(lexicon.labelSet("everyday", []).labels);
  const called = (label: LabelId) => `“${fullName(lexicon.named(label))}”`;
  const kind = (label: LabelId) => {
    const parent = wordnet.parents(label)[0];
    return `${labels.name(label)}${parent === undefined ? "" : `, a kind of ${labels.name(parent)}`}`;
  };

  function meaning(keyword: readonly string[]): Meaning {
    const text = keyword.at(-1) ?? "";
    if (isLabelId(text))
      return isOwnLabel(text) || wordnet.has(text)
        ? plain(text)
        : { label: null, doubt: `WordNet 3.1 has no synset ${text}.` };
    const own = ownLabel(text);
    if (used.has(own)) return plain(own); // the user already uses this name for their own label
    const usual = lexicon.meant(text);
    const senses = labels.resolve(text);
    if (senses.length === 0 || isOwnLabel(usual)) return plain(usual);
    const agreeing = underSteps(keyword.slice(0, -1), senses);
    return plain(agreeing ?? usual, () =>
      agreeing === null && senses.includes(usual) ? ambiguityWarning(text, own, usual) : null,
    );
  }

  /** The first sense that is a kind of a step above it, looking at the nearest step first. */
  function underSteps(steps: readonly string[], senses: readonly LabelId[]): LabelId | null {
    for (const step of steps.toReversed()) {
      // A plural can have a meaning that its singular lacks: "devices" are wishes too.
      const above = [step, ...singulars(foldPhrase(step))].flatMap((name) => labels.resolve(name));
      const under = senses.find((sense) => above.some((kindOf) => kindOf !== sense && wordnet.isA(sense, kindOf)));
      if (under) return under;
    }
    return null;
  }

  /** Why the most likely sense may be wrong, and what to use instead. */
  function ambiguityWarning(text: string, own: LabelId, label: LabelId): Meaning | null {
    const known = wordnet.sensesWithCounts(text);
    const sense = known.find(({ id }) => id === label);
    if (!sense) return null; // the user gave the label this name
    const seen = isVisible(label, wordnet);
    const asName = /^\p{Lu}/u.test(text) && !/^\p{Lu}/u.test(sense.name);
    if (sense.count === 0 && (!seen || (asName && !everyday.has(label)))) {
      return { label: own, doubt: `Creates a new label: the dictionary only knows ${kind(label)}.` };
    }
    const rival = known.find((other) => other.id !== label && isVisible(other.id, wordnet) && isRival(other, sense));
    return rival ? { label, doubt: `Could also be ${kind(rival.id)}.` } : null;
  }

  /** Doesn't restore a label that the user deleted. */
  function plain(label: LabelId, doubt: () => Meaning | null = () => null): Meaning {
    if (cards.get(label)?.hidden)
      return { label: null, doubt: `You deleted the label ${called(label)}. Choose a label to import this keyword.` };
    return doubt() ?? { label, doubt: null };
  }

  return meaning;
}

const isRival = (other: Sense, sense: Sense): boolean => (other.count + 1) * MAX_COUNT_RATIO >= sense.count + 1;

/**
 * The parent of a new own label, from the steps above it: "animals|dogs|Rex" puts Rex under dogs. Null if they don't
 * name anything that photos show.
 */
export function parentOfOwnLabel(
  { lexicon }: { lexicon: Lexicon },
  meaning: (keyword: readonly string[]) => Meaning,
  keyword: readonly string[],
): LabelId | null {
  if (keyword.length < 2) return null;
  const { label, doubt } = meaning(keyword.slice(0, -1));
  return label !== null && doubt === null && isVisible(label, lexicon.wordnet) ? label : null;
}
