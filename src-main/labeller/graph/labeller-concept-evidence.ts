import { MIN_CONCEPT_PROBABILITY } from "../../devise/label-evidence";
import { CONTEXT_WEIGHT, everydayWeight } from "../../devise/label-ranking";
import type { Confidence, LabelSpace } from "../../devise/ranking-numbers";
import type { Composition } from "../../vision/onnx-compose";
import { columns, flags, highest, logisticOf, logOdds, times, withColumns } from "./labeller-arithmetic";
import type { ConceptValues } from "./labeller-concepts";

/** Evidence from concepts for the labels that they support: the graph's counterpart of `ConceptEvidence`. */
export interface LabelConcepts extends ConceptValues {
  /** `[A]` numbers of those labels, ascending; `right` and `said` are `[n, A]` */
  labels: number[];
  /** `[A]` whether the label itself is looked for */
  itself: boolean[];
}

/**
 * Evidence for each label from its most probable concept; see `conceptEvidence`.
 * @param over `[W]` for each concept, the labels that are it or a hypernym of it
 * @returns null if there are no such labels
 */
export function composeLabelConcepts(
  g: Composition,
  { right, said }: ConceptValues,
  over: readonly Int32Array[],
): LabelConcepts | null {
  const conceptsOf = new Map<number, number[]>();
  over.forEach((labels, w) => {
    for (const label of labels) conceptsOf.set(label, [...(conceptsOf.get(label) ?? []), w]);
  });
  const labels = [...conceptsOf.keys()].sort((a, b) => a - b);
  if (labels.length === 0) return null;
  const most = Math.max(...[...conceptsOf.values()].map(({ length }) => length));
  // Labels with fewer concepts repeat their first one.
  const each = Array.from({ length: most }, (_, k) =>
    labels.map((label) => conceptsOf.get(label)![k] ?? conceptsOf.get(label)![0]),
  );
  const table = g.constant(BigInt64Array.from(each.flat(), BigInt), [most, labels.length]);
  const surest = (value: string) => highest(g, g.node("Gather", [value, table], { axis: 1 }));
  const looked = new Set(over.map(([own]) => own));
  return { labels, itself: labels.map((label) => looked.has(label)), right: surest(right), said: surest(said) };
}

/**
 * See `combineConcepts`.
 * @param byClasses `[n, A]` confidences by classes and words of the labels that concepts support
 * @returns `[n, A]`
 */
export function composeCombinedConcepts(
  g: Composition,
  byClasses: string,
  { labels, itself, right, said }: LabelConcepts,
  { covered }: LabelSpace,
  { joined }: Pick<Confidence, "joined">,
): string {
  const A = labels.length;
  const where = (is: (a: number) => boolean, yes: string, no: string) =>
    g.node("Where", [
      flags(
        g,
        Array.from({ length: A }, (_, a) => is(a)),
      ),
      yes,
      no,
    ]);
  const isCovered = (a: number) => covered[labels[a]] === 1;
  const nothing = g.constant(Float64Array.of(0), [1, 1]);
  const vouched = where((a) => isCovered(a) || !itself[a], byClasses, nothing);
  const either = g.node("Max", [vouched, right]);
  const odds = () => [
    logOdds(g, byClasses),
    logOdds(g, g.node("Max", [right, g.constant(Float64Array.of(MIN_CONCEPT_PROBABILITY), [1, 1])])),
  ];
  const together = joined ? where(isCovered, logisticOf(g, joined, odds()), either) : either;
  const sure = where((a) => itself[a], together, g.node("Max", [byClasses, together]));
  return g.node("Min", [sure, g.node("Max", [vouched, said])]);
}

/** Confidences `[n, L]`: by classes and words alone, with concepts, and with accepted examples too. */
interface Confidences {
  byClasses: string;
  predicted: string;
  shown: string;
}

/**
 * `[n, L]` what labels are ordered by: confidence (reduced where only concepts support the label) × specificity, before
 * rejections. See `rankLabels`.
 */
export function composeWorth(
  g: Composition,
  { byClasses, predicted, shown }: Confidences,
  concepts: LabelConcepts | null,
  { specificity, covered }: LabelSpace,
  share: number,
): string {
  const L = specificity.length;
  const context = times(g, shown, CONTEXT_WEIGHT);
  const byBoth = g.node("Max", [g.node("Min", [byClasses, shown]), context]);
  const bySource = concepts
    ? withDetectable(g, { byBoth, byClasses, shown, context }, concepts, covered, everydayWeight(share))
    : byBoth;
  return g.node("Mul", [
    g.node("Where", [g.node("Less", [predicted, shown]), shown, bySource]),
    g.constant(Float64Array.from(specificity), [1, L]),
  ]);
}

/**
 * The same for labels that are themselves looked for. Those that classes can't support count as found by detection
 * alone; those that they can also by how likely a person is to mention them.
 */
function withDetectable(
  g: Composition,
  { byBoth, byClasses, shown, context }: Omit<Confidences, "predicted"> & { byBoth: string; context: string },
  { labels, itself, said }: LabelConcepts,
  covered: Uint8Array,
  everyday: number,
): string {
  const L = covered.length;
  const looked = labels.flatMap((_, a) => (itself[a] ? [a] : []));
  const [alone, both] = [0, 1].map((is) => looked.filter((a) => covered[labels[a]] === is));
  const rows = (of: number[]) => of.map((a) => labels[a]);
  let worth = byBoth;
  if (alone.length > 0) worth = withColumns(g, worth, columns(g, context, rows(alone)), rows(alone), L);
  if (both.length > 0) {
    const confidence = columns(g, shown, rows(both));
    const found = g.node("Max", [
      times(g, columns(g, said, both), everyday),
      g.constant(Float64Array.of(CONTEXT_WEIGHT), [1, 1]),
    ]);
    const vouched = g.node("Min", [columns(g, byClasses, rows(both)), confidence]);
    worth = withColumns(g, worth, g.node("Max", [vouched, g.node("Mul", [found, confidence])]), rows(both), L);
  }
  return worth;
}
