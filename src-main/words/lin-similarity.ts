import type { LabelId } from "../../src-shared/contract";
import type { WordNet } from "./wordnet";

/** Information content by synset, cached per WordNet because counting the hyponyms of general synsets is slow. */
const contentsOf = new WeakMap<object, Map<LabelId, number>>();

/**
 * Lin similarity of labels and classes in WordNet, `[L, C]` 0..1: twice the information content of their most specific
 * common hypernym over the sum of their own (Lin 1998). A synset's information content is `1 − log(1 + number of
 * hyponyms) / log(number of synsets)` (Seco et al. 2004). Own labels have similarity 0 to everything.
 */
export function linSimilarity(
  labels: readonly LabelId[],
  classLabels: readonly LabelId[],
  wordnet: Pick<WordNet, "size" | "has" | "ancestors" | "descendants">,
): Float32Array {
  const contents = contentsOf.get(wordnet) ?? new Map<LabelId, number>();
  contentsOf.set(wordnet, contents);
  const contentOf = (id: LabelId): number => {
    let content = contents.get(id);
    if (content === undefined)
      contents.set(id, (content = 1 - Math.log(1 + wordnet.descendants(id).length) / Math.log(wordnet.size)));
    return content;
  };
  const upwards = (id: LabelId): LabelId[] => (wordnet.has(id) ? [id, ...wordnet.ancestors(id).keys()] : []);
  const under = new Map<LabelId, number[]>();
  classLabels.forEach((label, c) => {
    for (const id of upwards(label)) {
      const classes = under.get(id);
      if (classes) classes.push(c);
      else under.set(id, [c]);
    }
  });
  const C = classLabels.length;
  const ofClass = classLabels.map((label) => (wordnet.has(label) ? contentOf(label) : 0));
  const similarity = new Float32Array(labels.length * C);
  labels.forEach((label, l) => {
    for (const id of upwards(label)) {
      for (const c of under.get(id) ?? []) {
        const alike = (2 * contentOf(id)) / (contentOf(label) + ofClass[c]);
        if (alike > similarity[l * C + c]) similarity[l * C + c] = alike;
      }
    }
  });
  return similarity;
}
