import type { LabelId } from "../../src-shared/contract";
import { fullName } from "../labeller/lexicon";
import { labelCards } from "../store/label-cards";
import { isVisible } from "../words/class-labels";
import { foldPhrase, singulars } from "../words/phrases";
import type { Sense } from "../words/wordnet";
import type { OpenLibrary } from "../workspace/open-library";

/** The label that a keyword of another program stands for. */
export interface Meaning {
  /** Null where it had better be left out. */
  label: LabelId | null;
  /** Why a person should look at it; null where it is plain. */
  doubt: string | null;
}

/** What a name of a label may be: see the contract's `LabelId`, and `calls.ts`. */
const NAME = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
/** A sense counts beside another one that was met at most so many times as often in tagged text. */
const MAX_COUNT_RATIO = 2;

/**
 * Reads keywords: of several things that a name can mean the one that is a kind of what stands before it
 * ("animals|crane" is the bird), else the
 * likeliest in photos. A name that no dictionary has, or that hardly ever means what the dictionary says, becomes the
 * user's own.
 * @param used labels that a person gave, or made something of
 * @returns the meaning of a keyword, its steps from the general to the particular
 */
export function keywordReader(
  { store, lexicon }: Pick<OpenLibrary, "store" | "lexicon">,
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
    if (!NAME.test(text))
      return { label: null, doubt: "a label has up to 200 characters, none of them control characters" };
    if (/^wn:\d{8}$/.test(text))
      return wordnet.has(text as LabelId)
        ? plain(text as LabelId)
        : { label: null, doubt: `WordNet 3.1 has no synset ${text}` };
    if (/^own:./.test(text)) return plain(text as LabelId);
    const own: LabelId = `own:${text}`;
    if (used.has(own)) return plain(own); // whoever gave it before meant it
    const usual = lexicon.meant(text);
    const senses = labels.resolve(text);
    if (senses.length === 0 || usual.startsWith("own:")) return plain(usual);
    const agreeing = underSteps(keyword.slice(0, -1), senses);
    return plain(agreeing ?? usual, () =>
      agreeing === null && senses.includes(usual) ? ambiguityWarning(text, own, usual) : null,
    );
  }

  /** Of what a name can mean, the first that is a kind of what a step above it can mean, the nearest step first. */
  function underSteps(steps: readonly string[], senses: readonly LabelId[]): LabelId | null {
    for (const step of steps.toReversed()) {
      // A plural may mean something of its own: "devices" are wishes too.
      const above = [step, ...singulars(foldPhrase(step))].flatMap((name) => labels.resolve(name));
      const under = senses.find((sense) => above.some((kindOf) => kindOf !== sense && wordnet.isA(sense, kindOf)));
      if (under) return under;
    }
    return null;
  }

  /** Why the likeliest thing that a name can mean may not be meant, and what is taken then. */
  function ambiguityWarning(text: string, own: LabelId, label: LabelId): Meaning | null {
    const known = wordnet.sensesWithCounts(text);
    const sense = known.find(({ id }) => id === label);
    if (!sense) return null; // a name that a person gave the label
    const seen = isVisible(label, wordnet);
    const asName = /^\p{Lu}/u.test(text) && !/^\p{Lu}/u.test(sense.name);
    if (sense.count === 0 && (!seen || (asName && !everyday.has(label)))) {
      return { label: own, doubt: `a new label of your own; the dictionary knows ${kind(label)}` };
    }
    const rival = known.find((other) => other.id !== label && isVisible(other.id, wordnet) && isRival(other, sense));
    return rival ? { label, doubt: `could also be ${kind(rival.id)}` } : null;
  }

  /** A label that a person deleted is not brought back without being asked for. */
  function plain(label: LabelId, doubt: () => Meaning | null = () => null): Meaning {
    if (cards.get(label)?.hidden) return { label: null, doubt: `you deleted the label ${called(label)}` };
    return doubt() ?? { label, doubt: null };
  }

  return meaning;
}

const isRival = (other: Sense, sense: Sense): boolean => (other.count + 1) * MAX_COUNT_RATIO >= sense.count + 1;

/**
 * What a new label of the user's own is a kind of, by the steps above it: "animals|dogs|Rex" puts Rex under dogs. Null
 * where they name nothing that photos show.
 */
export function parentOfOwnLabel(
  { lexicon }: Pick<OpenLibrary, "lexicon">,
  meaning: (keyword: readonly string[]) => Meaning,
  keyword: readonly string[],
): LabelId | null {
  if (keyword.length < 2) return null;
  const { label, doubt } = meaning(keyword.slice(0, -1));
  return label !== null && doubt === null && isVisible(label, lexicon.wordnet) ? label : null;
}
