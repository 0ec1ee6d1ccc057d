import type { LabelId, ModelId, PhotoId } from "../../src-shared/contract";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { HIDDEN_LABELS_SQL, MAX_GUESSES, MIN_GUESS_SCORE, thresholdSql } from "./shown-labels";

/** The labels that a model predicts for a photo. Verdicts are not part of it; they are applied when labels are read. */
export interface Prediction {
  photo: PhotoId;
  labels: readonly LabelId[];
  /** Calibrated confidences 0..1, in the order of `labels`: best first, which is not always the most confident. */
  scores: ArrayLike<number>;
}

/**
 * Replaces the predictions of a batch, in one transaction. A photo may have none. If another model made the earlier
 * ones, they are kept together with their distance to the new ones: see previous-predictions.ts.
 */
export function replacePredictions(store: Store, model: ModelId, rows: readonly Prediction[]): void {
  const numbers = labelNumbers(store, labelsOf(rows));
  inTransaction(store, () => {
    const rankedBy = prepared<{ model: number }>(store, "SELECT model FROM cache.ranked WHERE photo = ?");
    const stored = prepared<[number, number]>(
      store,
      "SELECT label, score FROM cache.prediction WHERE photo = ? ORDER BY place",
    ).raw();
    const keep = prepared(
      store,
      "INSERT OR REPLACE INTO cache.former (photo, before, after, labels, change) VALUES (?, ?, ?, ?, ?)",
    );
    const clear = prepared(store, "DELETE FROM cache.prediction WHERE photo = ?");
    const insert = prepared(store, "INSERT INTO cache.prediction (photo, label, score, place) VALUES (?, ?, ?, ?)");
    const ranked = prepared(
      store,
      "INSERT OR REPLACE INTO cache.ranked (photo, model, labels, best, stale) VALUES (?, ?, ?, ?, 0)",
    );
    for (const { photo, labels, scores } of rows) {
      if (labels.length !== scores.length)
        throw new RangeError(`photo ${photo}: ${labels.length} labels with ${scores.length} scores`);
      const before = rankedBy.get(photo)?.model ?? model;
      if (before !== model) {
        const previous = stored.all(photo) as [number, number][];
        keep.run(
          photo,
          before,
          model,
          JSON.stringify(previous),
          distance(
            previous,
            Array.from(labels, (label, i) => [numbers.get(label)!, scores[i]!]),
          ),
        );
      }
      clear.run(photo);
      let best = 0;
      for (const [i, label] of labels.entries()) {
        const score = scores[i]!;
        insert.run(photo, numbers.get(label), score, i);
        best = Math.max(best, score);
      }
      ranked.run(photo, model, labels.length, best);
    }
  });
}

/** How much two predictions for a photo differ: the sum of the absolute differences of confidence. */
export function distance<Label>(
  a: readonly (readonly [Label, number])[],
  b: readonly (readonly [Label, number])[],
): number {
  const scores = new Map(a);
  let sum = 0;
  for (const [label, score] of b) {
    sum += Math.abs(score - (scores.get(label) ?? 0));
    scores.delete(label);
  }
  for (const score of scores.values()) sum += score;
  return sum;
}

/**
 * Marks all predictions as stale if they were made by other rules (label set, threshold, calibration). They are shown
 * until they are replaced.
 * @param rules a fingerprint of the rules, which is stored
 */
export function markOthersStale(store: Store, rules: string): void {
  inTransaction(store, () => {
    const kept = prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = 'rules'").get();
    if (kept?.value === rules) return;
    prepared(store, "UPDATE cache.ranked SET stale = 1").run();
    prepared(store, "INSERT OR REPLACE INTO cache.meta (key, value) VALUES ('rules', ?)").run(rules);
  });
}

/** Present photos with features of this visual model that this model hasn't ranked, by id. */
export function photosToRank(store: Store, visualId: string, model: ModelId): PhotoId[] {
  return prepared<{ photo: number }>(
    store,
    `
    SELECT f.photo FROM cache.feature f JOIN photo p ON p.id = f.photo LEFT JOIN cache.ranked r ON r.photo = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0 AND (r.model IS NOT ? OR r.stale = 1)
    ORDER BY f.photo`,
  )
    .all(visualId, model)
    .map(({ photo }) => photo);
}

/**
 * How many present photos carry each label, by prediction (without a verdict on it) or accepted. Most frequent first,
 * ties by id.
 */
export function countLabels(store: Store): { label: LabelId; predicted: number; accepted: number }[] {
  const counts = new Map<number, { predicted: number; accepted: number }>();
  const of = (label: number) => {
    let count = counts.get(label);
    if (!count) counts.set(label, (count = { predicted: 0, accepted: 0 }));
    return count;
  };
  // Counts each label's range of the index from its threshold up, then subtracts the few that don't count.
  for (const { label, n } of numbersOf(
    store,
    `
    SELECT l.id AS label, (SELECT count(*) FROM cache.prediction q INDEXED BY prediction_label
      WHERE q.label = l.id AND q.score >= ${thresholdSql("l.id")}) AS n
    FROM label l WHERE l.id NOT IN (${HIDDEN_LABELS_SQL})`,
  ))
    of(label).predicted += n;
  for (const { label, n } of numbersOf(
    store,
    `
    SELECT q.label, count(*) AS n FROM photo p CROSS JOIN shown q ON q.photo = p.id WHERE p.files = 0 GROUP BY q.label`,
  ))
    of(label).predicted -= n;
  for (const { label, n } of numbersOf(
    store,
    `
    SELECT s.label, count(*) AS n FROM standing s CROSS JOIN photo p ON p.id = s.photo
      CROSS JOIN shown q ON q.photo = s.photo AND q.label = s.label
    WHERE p.files > 0 GROUP BY s.label`,
  ))
    of(label).predicted -= n;
  for (const { label, n } of numbersOf(
    store,
    `
    SELECT s.label, count(*) AS n FROM standing s CROSS JOIN photo p ON p.id = s.photo
      WHERE s.verdict = 'accept' AND p.files > 0 GROUP BY s.label`,
  ))
    of(label).accepted += n;
  return [...counts]
    .filter(([, { predicted, accepted }]) => predicted + accepted > 0)
    .map(([label, count]) => ({ label: store.labels.ids.get(label)!, ...count }))
    .sort((a, b) => b.predicted + b.accepted - a.predicted - a.accepted || (a.label < b.label ? -1 : 1));
}

/** The number of present photos with at least one shown or accepted label. */
export function countLabelled(store: Store): number {
  // Counts by the most confident label alone. Only photos where a verdict, a label's own threshold or a hidden label
  // may change the result are checked one by one.
  const doubtful = `
    SELECT photo FROM standing UNION
    SELECT q.photo FROM temp.bar b CROSS JOIN temp.bar o CROSS JOIN cache.prediction q INDEXED BY prediction_label
    WHERE b.label <> 0 AND o.label = 0 AND q.label = b.label AND q.score >= min(b.score, o.score) AND q.score < max(b.score, o.score) UNION
    SELECT q.photo FROM (${HIDDEN_LABELS_SQL}) h CROSS JOIN cache.prediction q INDEXED BY prediction_label WHERE q.label = h.label`;
  const overall = "(SELECT score FROM temp.bar WHERE label = 0)";
  const one = (sql: string) => prepared<{ n: number }>(store, sql).get()!.n;
  return (
    one(
      `SELECT count(*) AS n FROM cache.ranked r CROSS JOIN photo p ON p.id = r.photo WHERE r.best >= ${overall} AND p.files > 0`,
    ) -
    one(
      `SELECT count(*) AS n FROM (${doubtful}) d CROSS JOIN photo p ON p.id = d.photo
        CROSS JOIN cache.ranked r ON r.photo = d.photo WHERE r.best >= ${overall} AND p.files > 0`,
    ) +
    one(
      `SELECT count(*) AS n FROM (${doubtful}) d CROSS JOIN photo p ON p.id = d.photo WHERE p.files > 0 AND ${HAS_LABEL_SQL}`,
    )
  );
}

/** SQL for whether a photo `p` has a label: an accepted one, or a shown one that was not rejected. */
export const HAS_LABEL_SQL = `(
  EXISTS (SELECT 1 FROM standing a WHERE a.photo = p.id AND a.verdict = 'accept') OR
  EXISTS (SELECT 1 FROM shown q WHERE q.photo = p.id AND NOT EXISTS
    (SELECT 1 FROM standing j WHERE j.photo = q.photo AND j.label = q.label)))`;

/** Photos that any of these labels is shown on, with the highest score: for each label the `most` most confident. */
export function predictedScores(store: Store, labels: readonly LabelId[], most: number): Map<PhotoId, number> {
  const surest = prepared<{ photo: number; score: number }>(
    store,
    "SELECT photo, score FROM shown WHERE label = ? ORDER BY score DESC LIMIT ?",
  );
  const scores = new Map<PhotoId, number>();
  for (const label of labels) {
    for (const { photo, score } of surest.all(store.labels.numbers.get(label) ?? -1, most))
      scores.set(photo, Math.max(score, scores.get(photo) ?? 0));
  }
  return scores;
}

export interface PhotoLabelRow {
  label: LabelId;
  /** 1 if accepted, 0 if rejected. */
  score: number;
  source: "predicted" | "accepted" | "added" | "rejected";
}

/**
 * The labels of a photo: accepted and added ones in the order they were given, then shown ones as ranked, then rejected
 * ones.
 */
export function labelsOfPhoto(store: Store, photo: PhotoId): PhotoLabelRow[] {
  const { ids } = store.labels;
  const annotations = prepared<{ label: number; verdict: string; added: number }>(
    store,
    "SELECT label, verdict, added FROM standing WHERE photo = ? ORDER BY event",
  ).all(photo);
  const annotated = new Set(annotations.map(({ label }) => label));
  const predicted = prepared<{ label: number; score: number }>(
    store,
    "SELECT label, score FROM shown WHERE photo = ? ORDER BY place",
  ).all(photo);
  const of = (verdict: string) => annotations.filter((row) => row.verdict === verdict);
  return [
    ...of("accept").map(({ label, added }): PhotoLabelRow => ({
      label: ids.get(label)!,
      score: 1,
      source: added ? "added" : "accepted",
    })),
    ...predicted
      .filter(({ label }) => !annotated.has(label))
      .map(({ label, score }): PhotoLabelRow => ({ label: ids.get(label)!, score, source: "predicted" })),
    ...of("reject").map(({ label }): PhotoLabelRow => ({ label: ids.get(label)!, score: 0, source: "rejected" })),
  ];
}

/**
 * The labels offered as guesses for a photo: below the threshold and without a verdict. The best ranked are chosen; the
 * most confident comes first.
 */
export function guessesOf(store: Store, photo: PhotoId): PhotoLabelRow[] {
  const guesses = prepared<{ label: number; score: number }>(
    store,
    `
    SELECT q.label, q.score FROM cache.prediction q
    WHERE q.photo = ? AND q.score >= ${MIN_GUESS_SCORE} AND q.score < ${thresholdSql("q.label")} AND q.label NOT IN (${HIDDEN_LABELS_SQL})
      AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = q.photo AND s.label = q.label)
    ORDER BY q.place LIMIT ${MAX_GUESSES}`,
  ).all(photo);
  return guesses
    .sort((a, b) => b.score - a.score)
    .map(({ label, score }) => ({ label: store.labels.ids.get(label)!, score, source: "predicted" }));
}

/** All stored predictions for a photo, best first, whatever the threshold and the verdicts. */
export function predictionsOf(store: Store, photo: PhotoId): { label: LabelId; score: number }[] {
  return (
    prepared(store, "SELECT label, score FROM cache.prediction WHERE photo = ? ORDER BY place").raw().all(photo) as [
      number,
      number,
    ][]
  ).map(([label, score]) => ({ label: store.labels.ids.get(label)!, score }));
}

/** The model that made a photo's predictions; null if it hasn't been ranked. */
export function modelOfPhoto(store: Store, photo: PhotoId): ModelId | null {
  return prepared<{ model: number }>(store, "SELECT model FROM cache.ranked WHERE photo = ?").get(photo)?.model ?? null;
}

function numbersOf(store: Store, sql: string): { label: number; n: number }[] {
  return prepared<{ label: number; n: number }>(store, sql).all();
}

function* labelsOf(rows: readonly Prediction[]): Generator<LabelId> {
  for (const { labels } of rows) yield* labels;
}
