/** Labels and names: display names, vectors, and which labels a typed text can mean. */
import type { LabelId } from "../../src-shared/contract";
import { visibleSense } from "./class-labels";
import type { LabelNames } from "./label-names";
import { foldPhrase } from "./phrases";
import { normalise, type Vocabulary } from "./vocabulary";
import type { WordNet } from "./wordnet";

export interface Label {
  id: LabelId;
  name: string;
  /** Its parent's name if another label of the set has the same name ("crane": "wading bird"), otherwise null. */
  parent: string | null;
}

export interface FoundLabel {
  id: LabelId;
  name: string;
  /** The other name by which it was found ("domestic dog" finds "dog"), or null. */
  synonym: string | null;
}

export interface Labels {
  /** The label's display name. */
  name(id: LabelId): string;
  /** The labels as they are displayed together, in the same order. */
  together(ids: LabelId[]): Label[];
  /**
   * Unit vector `[E]` composed of all its names, the first with the most weight, and of its hypernyms, which sets
   * cranes that fly apart from cranes that lift. An own label has the vector of its name. Null if no word in all of
   * this is known.
   */
  vector(id: LabelId): Float32Array | null;
  /**
   * The labels that a word or phrase can mean: the most probable in photos first, then by frequency; empty if no synset
   * has that name.
   */
  resolve(words: string): LabelId[];
  /**
   * Up to `limit` labels with a name that begins with the text: preferred ones first, then by the frequency of that
   * name.
   */
  beginningWith(text: string, limit: number, preferred: ReadonlySet<LabelId>): FoundLabel[];
}

/** Weight of each name after the first. */
const SYNONYM = 0.5;
/**
 * Weight of a label's hypernyms: this for its parents, its square for theirs, 0 beyond. With a ridge regression from
 * the seed pack's features to the words of 268 of its classes, photos of the 67 others (five folds) have their class
 * first among the 67 in 20.5% and among the first five in 53.6% of cases; without hypernyms, in 19.0% and 50.4%.
 */
const KIND = 0.5;
const KIND_STEPS = 2;
/** Factor on the hypernyms' weight where the first name usually means something else ("crane" the bird). */
const BORROWED = 2;
/** Maximum number of names examined for one prefix; enough for any two letters. */
const PREFIX_NAMES = 5_000;

export function createLabels(wordnet: WordNet, vocabulary: Vocabulary, { name, meant, unlisted }: LabelNames): Labels {
  const kinds = new Map<LabelId, Float32Array | null>();

  /**
   * The label that a bare name most probably means: by our own tables, otherwise the most probable sense that a photo
   * can show.
   */
  function likeliest(words: string): LabelId | null {
    return meant(words) ?? visibleSense(words, wordnet);
  }

  /**
   * Weighted mean of the label's names, at unit length: of the names whose words are all known, otherwise of those with
   * any known word.
   */
  function namesVector(id: LabelId): Float32Array | null {
    const lemmas = wordnet.lemmas(id);
    const known = lemmas.filter((lemma) => vocabulary.has(lemma));
    const sum = new Float32Array(vocabulary.dimensions);
    for (const lemma of known.length > 0 ? known : lemmas) {
      const vector = vocabulary.vector(lemma);
      if (vector !== null) add(sum, vector, lemma === lemmas[0] ? 1 : SYNONYM);
    }
    return normalise(sum);
  }

  /** Cached names' vectors of hypernyms, which many labels share. */
  function kindVector(id: LabelId): Float32Array | null {
    let vector = kinds.get(id);
    if (vector === undefined) kinds.set(id, (vector = namesVector(id)));
    return vector;
  }

  function vector(id: LabelId): Float32Array | null {
    if (!wordnet.has(id)) return vocabulary.vector(name(id));
    const first = wordnet.name(id);
    const sum = new Float32Array(vocabulary.dimensions);
    const own = namesVector(id);
    if (own !== null) add(sum, own, 1);
    const strength = likeliest(first) === id || wordnet.senses(first)[0] === id ? 1 : BORROWED;
    for (const [ancestor, steps] of wordnet.ancestors(id, KIND_STEPS)) {
      const kind = kindVector(ancestor);
      if (kind !== null) add(sum, kind, strength * KIND ** steps);
    }
    return normalise(sum);
  }

  function together(ids: LabelId[]): Label[] {
    const shown = new Map<string, number>();
    for (const id of ids) shown.set(name(id), (shown.get(name(id)) ?? 0) + 1);
    return ids.map((id) => {
      const parent = shown.get(name(id))! > 1 ? wordnet.parents(id)[0] : undefined;
      return { id, name: name(id), parent: parent === undefined ? null : name(parent) };
    });
  }

  function resolve(words: string): LabelId[] {
    const senses = wordnet.senses(words);
    const first = likeliest(words);
    return first === null ? senses : [first, ...senses.filter((id) => id !== first)];
  }

  /** Frequency rank of a name's rarest word. */
  function rarity(lemma: string): number {
    return Math.max(
      ...foldPhrase(lemma)
        .split(" ")
        .map((word) => vocabulary.rank(word) ?? vocabulary.size),
    );
  }

  function beginningWith(text: string, limit: number, preferred: ReadonlySet<LabelId>): FoundLabel[] {
    if (foldPhrase(text) === "") return [];
    const found = new Map<LabelId, { synonym: string | null; cost: number }>();
    for (const lemma of new Set(wordnet.namesFrom(text, PREFIX_NAMES).map((each) => each.toLowerCase()))) {
      const rare = rarity(lemma);
      wordnet.sensesWithCounts(lemma).forEach(({ id, name: spelling }, place) => {
        const synonym = foldPhrase(name(id)) === lemma ? null : spelling;
        const cost = Math.log(rare + 2) + place + (synonym === null ? 0 : 3) + (preferred.has(id) ? 0 : 100);
        if (cost < (found.get(id)?.cost ?? Infinity)) found.set(id, { synonym, cost });
      });
    }
    for (const [each, id] of unlisted) {
      if (!each.startsWith(foldPhrase(text))) continue;
      const cost = Math.log(rarity(each) + 2) + (preferred.has(id) ? 0 : 100);
      if (cost < (found.get(id)?.cost ?? Infinity)) found.set(id, { synonym: null, cost });
    }
    return [...found]
      .sort(([, a], [, b]) => a.cost - b.cost)
      .slice(0, limit)
      .map(([id, { synonym }]) => ({ id, name: name(id), synonym }));
  }

  return { name, together, vector, resolve, beginningWith };
}

function add(sum: Float32Array, vector: Float32Array, weight: number): void {
  for (let d = 0; d < sum.length; d++) sum[d] += weight * vector[d];
}
