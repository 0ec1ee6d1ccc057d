import type { LabelId } from "../../src-shared/contract";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { countLabelled, countLabels } from "./predictions";

/**
 * What would be labelled at another threshold: of all labels without one of their own, or, with `label`, of that one.
 * Verdicts count as
 * they stand, whatever the threshold.
 * @returns present photos that would carry a label (with `label`: that one), and labels on all of them together
 */
export function countAt(
  store: Store,
  { threshold, label }: { threshold: number; label?: LabelId },
): { photos: number; labels: number } {
  if (label === undefined) {
    return withThreshold(store, 0, threshold, () => ({
      photos: countLabelled(store),
      labels: countLabels(store).reduce((sum, { predicted, accepted }) => sum + predicted + accepted, 0),
    }));
  }
  const number = labelNumbers(store, [label]).get(label)!;
  const photos = withThreshold(
    store,
    number,
    threshold,
    () =>
      prepared<{ n: number }>(
        store,
        `
    SELECT (SELECT count(*) FROM shown q CROSS JOIN photo p ON p.id = q.photo WHERE q.label = $label AND p.files > 0
      AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = q.photo AND s.label = $label))
      + (SELECT count(*) FROM standing s CROSS JOIN photo p ON p.id = s.photo WHERE s.label = $label AND s.verdict = 'accept' AND p.files > 0) AS n`,
      ).get({ label: number })!.n,
  );
  return { photos, labels: photos };
}

/** Does something as if a label's threshold, or under 0 that of all others, were another one; nobody else sees it. */
function withThreshold<T>(store: Store, label: number, threshold: number, work: () => T): T {
  let result: T;
  const undone = new Error("nothing is kept");
  try {
    inTransaction(store, () => {
      prepared(store, "INSERT OR REPLACE INTO temp.bar (label, score) VALUES (?, ?)").run(label, threshold);
      result = work();
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  return result!;
}
