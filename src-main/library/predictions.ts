import type { LabelId, ModelId, PhotoId } from "../../src-preload/contract";
import { inTransaction, labelNumbers, type Library, prepared } from "./database";

/** The labels a model gives a photo. Verdicts are no part of it: they are laid over it when labels are read. */
export interface Prediction {
  photo: PhotoId;
  labels: readonly LabelId[];
  /** Calibrated confidences 0..1, in the order of `labels`: best label first, which need not be the surest. */
  scores: ArrayLike<number>;
}

/** Puts a batch's predictions in the place of earlier ones, in one transaction. A photo may have none. */
export function replacePredictions(library: Library, model: ModelId, rows: readonly Prediction[]): void {
  const numbers = labelNumbers(library, labelsOf(rows));
  inTransaction(library, () => {
    const clear = prepared(library, "DELETE FROM cache.prediction WHERE photo = ?");
    const insert = prepared(library, "INSERT INTO cache.prediction (photo, label, score, place) VALUES (?, ?, ?, ?)");
    const ranked = prepared(library, "INSERT OR REPLACE INTO cache.ranked (photo, model, labels) VALUES (?, ?, ?)");
    for (const { photo, labels, scores } of rows) {
      if (labels.length !== scores.length) throw new RangeError(`photo ${photo}: ${labels.length} labels with ${scores.length} scores`);
      clear.run(photo);
      for (let i = 0; i < labels.length; i++) insert.run(photo, numbers.get(labels[i]), scores[i], i);
      ranked.run(photo, model, labels.length);
    }
  });
}

/** Takes all predictions away, so that every photo is ranked again: another label set, another threshold. */
export function forgetPredictions(library: Library): void {
  inTransaction(library, () => {
    prepared(library, "DELETE FROM cache.prediction").run();
    prepared(library, "DELETE FROM cache.ranked").run();
  });
}

/**
 * Every photo is to be ranked again, unless it was ranked by the same rules: label set, threshold, calibration. Until then it keeps its predictions.
 * @param rules a fingerprint of them, which is kept
 */
export function unrankOthers(library: Library, rules: string): void {
  inTransaction(library, () => {
    const kept = prepared<{ value: string }>(library, "SELECT value FROM cache.meta WHERE key = 'rules'").get();
    if (kept?.value === rules) return;
    prepared(library, "UPDATE cache.ranked SET model = 0").run();
    prepared(library, "INSERT OR REPLACE INTO cache.meta (key, value) VALUES ('rules', ?)").run(rules);
  });
}

/** Present photos with features of this visual model that this model has not ranked yet, by id. */
export function photosToRank(library: Library, visualId: string, model: ModelId): PhotoId[] {
  return prepared<{ photo: number }>(library, `
    SELECT f.photo FROM cache.feature f JOIN photo p ON p.id = f.photo LEFT JOIN cache.ranked r ON r.photo = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0 AND r.model IS NOT ?
    ORDER BY f.photo`).all(visualId, model).map(({ photo }) => photo);
}

/** Present photos that carry each label: predicted without a verdict on it, or accepted. Most frequent first, ties by id. */
export function countLabels(library: Library): { label: LabelId; predicted: number; accepted: number }[] {
  const counts = new Map<number, { predicted: number; accepted: number }>();
  const of = (label: number) => {
    let count = counts.get(label);
    if (!count) counts.set(label, (count = { predicted: 0, accepted: 0 }));
    return count;
  };
  // All predictions in one run along the index; then the few that don't count are taken off again.
  for (const { label, n } of numbersOf(library, "SELECT label, count(*) AS n FROM cache.prediction INDEXED BY prediction_label GROUP BY label"))
    of(label).predicted += n;
  for (const { label, n } of numbersOf(library, `
    SELECT q.label, count(*) AS n FROM photo p CROSS JOIN cache.prediction q ON q.photo = p.id WHERE p.files = 0 GROUP BY q.label`))
    of(label).predicted -= n;
  for (const { label, n } of numbersOf(library, `
    SELECT s.label, count(*) AS n FROM standing s CROSS JOIN photo p ON p.id = s.photo CROSS JOIN cache.prediction q ON q.photo = s.photo AND q.label = s.label
    WHERE p.files > 0 GROUP BY s.label`))
    of(label).predicted -= n;
  for (const { label, n } of numbersOf(library, `
    SELECT s.label, count(*) AS n FROM standing s CROSS JOIN photo p ON p.id = s.photo WHERE s.verdict = 'accept' AND p.files > 0 GROUP BY s.label`))
    of(label).accepted += n;
  return [...counts]
    .filter(([, { predicted, accepted }]) => predicted + accepted > 0)
    .map(([label, count]) => ({ label: library.labels.ids.get(label)!, ...count }))
    .sort((a, b) => b.predicted + b.accepted - a.predicted - a.accepted || (a.label < b.label ? -1 : 1));
}

/** Present photos with at least one predicted or accepted label. */
export function countLabelled(library: Library): number {
  const one = (sql: string) => prepared<{ n: number }>(library, sql).get()!.n;
  const ranked = one("SELECT count(*) AS n FROM cache.ranked r JOIN photo p ON p.id = r.photo WHERE r.labels > 0 AND p.files > 0");
  // Verdicts change the picture only for the photos they are on.
  const judgedRanked = one(`
    SELECT count(*) AS n FROM (SELECT DISTINCT photo FROM standing) s CROSS JOIN photo p ON p.id = s.photo CROSS JOIN cache.ranked r ON r.photo = s.photo
    WHERE r.labels > 0 AND p.files > 0`);
  const judgedLabelled = one(`
    SELECT count(*) AS n FROM (SELECT DISTINCT photo FROM standing) s CROSS JOIN photo p ON p.id = s.photo
    WHERE p.files > 0 AND ${CARRIES_A_LABEL}`);
  return ranked - judgedRanked + judgedLabelled;
}

/** Condition on a photo `p`: an accepted label, or a predicted one that was not rejected. */
export const CARRIES_A_LABEL = `(
  EXISTS (SELECT 1 FROM standing a WHERE a.photo = p.id AND a.verdict = 'accept') OR
  EXISTS (SELECT 1 FROM cache.prediction q WHERE q.photo = p.id AND NOT EXISTS
    (SELECT 1 FROM standing j WHERE j.photo = q.photo AND j.label = q.label)))`;

/** Photos that any of these labels is predicted for, with the highest score: for each label the `most` surest of them. */
export function predictedScores(library: Library, labels: readonly LabelId[], most: number): Map<PhotoId, number> {
  const surest = prepared<{ photo: number; score: number }>(library, "SELECT photo, score FROM cache.prediction WHERE label = ? ORDER BY score DESC LIMIT ?");
  const scores = new Map<PhotoId, number>();
  for (const label of labels) {
    for (const { photo, score } of surest.all(library.labels.numbers.get(label) ?? -1, most)) scores.set(photo, Math.max(score, scores.get(photo) ?? 0));
  }
  return scores;
}

export interface CarriedLabel {
  label: LabelId;
  /** 1 for a person's accept, 0 for a reject. */
  score: number;
  source: "predicted" | "accepted" | "added" | "rejected";
}

/** The labels of a photo: accepted and added ones first, in the order they were given, then predicted ones as they were ranked, last the rejected ones. */
export function labelsOfPhoto(library: Library, photo: PhotoId): CarriedLabel[] {
  const { ids } = library.labels;
  const judged = prepared<{ label: number; verdict: string; added: number }>(library,
    "SELECT label, verdict, added FROM standing WHERE photo = ? ORDER BY event").all(photo);
  const settled = new Set(judged.map(({ label }) => label));
  const predicted = prepared<{ label: number; score: number }>(library,
    "SELECT label, score FROM cache.prediction WHERE photo = ? ORDER BY place").all(photo);
  const of = (verdict: string) => judged.filter((row) => row.verdict === verdict);
  return [
    ...of("accept").map(({ label, added }): CarriedLabel => ({ label: ids.get(label)!, score: 1, source: added ? "added" : "accepted" })),
    ...predicted.filter(({ label }) => !settled.has(label)).map(({ label, score }): CarriedLabel => ({ label: ids.get(label)!, score, source: "predicted" })),
    ...of("reject").map(({ label }): CarriedLabel => ({ label: ids.get(label)!, score: 0, source: "rejected" })),
  ];
}

/** The model whose predictions a photo carries; null before it was ranked. */
export function modelOfPhoto(library: Library, photo: PhotoId): ModelId | null {
  return prepared<{ model: number }>(library, "SELECT model FROM cache.ranked WHERE photo = ?").get(photo)?.model ?? null;
}

function numbersOf(library: Library, sql: string): { label: number; n: number }[] {
  return prepared<{ label: number; n: number }>(library, sql).all();
}

function* labelsOf(rows: readonly Prediction[]): Generator<LabelId> {
  for (const { labels } of rows) yield* labels;
}
