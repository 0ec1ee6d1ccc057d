import type { LabelId } from "../../src-shared/contract";
import type { WordNet } from "../words/wordnet";

/** Distances between labels in WordNet's "is a kind of" hierarchy. */
export interface Hierarchy {
  /** `[L]` distance from a label to each candidate, in edges; Infinity without a common ancestor. */
  distances(from: LabelId): Float32Array;
}

/**
 * The distance of two labels is the shortest path that goes up to a common ancestor and down again, in edges of
 * WordNet's hypernyms and instance hypernyms; a label counts as an ancestor of itself. Appendix B of Frome et al. 2013
 * counts hops in ImageNet's hierarchy, which is this graph. Paths end at candidates and may pass through any synset.
 */
export function hierarchyOf(candidates: readonly LabelId[], wordnet: Pick<WordNet, "ancestors">): Hierarchy {
  const numbers = new Map<LabelId, number>();
  const numberOf = (id: LabelId): number => {
    const number = numbers.get(id);
    if (number !== undefined) return number;
    numbers.set(id, numbers.size);
    return numbers.size - 1;
  };
  const upwards = (label: LabelId) => [[label, 0] as const, ...wordnet.ancestors(label)];
  const paths = candidates.map((label) => {
    const above = upwards(label);
    return {
      nodes: Int32Array.from(above, ([id]) => numberOf(id)),
      steps: Float32Array.from(above, ([, steps]) => steps),
    };
  });
  return {
    distances(from) {
      const up = new Float32Array(numbers.size).fill(Infinity);
      for (const [id, steps] of upwards(from)) {
        const number = numbers.get(id);
        if (number !== undefined) up[number] = steps;
      }
      return Float32Array.from(paths, ({ nodes, steps }) => {
        let least = Infinity;
        for (let i = 0; i < nodes.length; i++) least = Math.min(least, steps[i] + up[nodes[i]]);
        return least;
      });
    },
  };
}
