import type { LabelId } from "../../src-shared/contract";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { countLabelled, countLabels } from "./predictions";

/**
 * Counts what would be labelled at another threshold: the overall one, or that of `label`. Verdicts count whatever the
 * threshold.
 * @returns the number of present photos that would carry a label (with `label`: that label), and of labels on all of
 *   them
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
      + (SELECT count(*) FROM standing s CROSS JOIN photo p ON p.id = s.photo WHERE s.label = $label
        AND s.verdict = 'accept' AND p.files > 0) AS n`,
      ).get({ label: number })!.n,
  );
  return { photos, labels: photos };
}

/** Runs `work` with another threshold for a label (0: the overall one), in a transaction that is rolled back. */
function withThreshold<T>(store: Store, label: number, threshold: number, work: () => T): T {
  let result: T;
  const undone = new Error("roll back");
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
