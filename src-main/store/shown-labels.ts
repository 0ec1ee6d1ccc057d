import type Database from "better-sqlite3";

/** Default minimum confidence, 0..1: a label that is shown is more likely right than wrong. */
export const DEFAULT_THRESHOLD = 0.5;
/**
 * Predictions with less confidence are not stored. Those between this and the threshold serve as guesses, and let the
 * threshold be changed without ranking photos again.
 */
export const MIN_STORED_SCORE = 0.03;
/** Limits for the guesses of a photo: their number, and their confidence. */
export const MAX_GUESSES = 5;
export const MIN_GUESS_SCORE = 0.05;

/** SQL for the threshold of a label; `label` is SQL for its number. */
export const thresholdSql = (label: string): string =>
  `ifnull((SELECT b.score FROM temp.bar b WHERE b.label = ${label}), (SELECT b.score FROM temp.bar b WHERE b.label = 0))`;

/** SQL for the numbers of hidden labels. */
export const HIDDEN_LABELS_SQL = "SELECT label FROM label_card WHERE hidden = 1";

/**
 * Creates the view `shown`: the rows of `cache.prediction` that reach their label's threshold and whose label is not
 * hidden. Everything the user sees of predictions is read from it. Thresholds are in the temporary table `bar`; label 0
 * is for all labels that have no threshold.
 */
export function createShownView(db: Database.Database): void {
  db.exec(`
    CREATE TEMP TABLE bar (label INTEGER PRIMARY KEY, score REAL NOT NULL);
    CREATE TEMP VIEW shown AS SELECT q.photo, q.label, q.score, q.place FROM cache.prediction q
      WHERE q.score >= ${thresholdSql("q.label")} AND q.label NOT IN (${HIDDEN_LABELS_SQL})`);
  setThresholds(db);
}

/** Reads the thresholds from the settings again. */
export function setThresholds(db: Database.Database): void {
  const stored = (key: string) =>
    db.prepare<[string], { value: string }>("SELECT value FROM setting WHERE key = ?").get(key)?.value;
  db.transaction(() => {
    db.exec("DELETE FROM temp.bar");
    db.prepare("INSERT INTO temp.bar (label, score) VALUES (0, ?)").run(
      Number(stored("threshold") ?? DEFAULT_THRESHOLD),
    );
    db.prepare(
      "INSERT INTO temp.bar (label, score) SELECT l.id, j.value FROM json_each(?) j JOIN label l ON l.key = j.key",
    ).run(stored("labelThresholds") ?? "{}");
  })();
}
