import type Database from "better-sqlite3";

/** Minimum confidence of a label where nobody set one, 0..1: what is shown is more likely right than wrong. */
export const DEFAULT_THRESHOLD = 0.5;
/**
 * Predictions are kept from here on, so that a threshold can be moved without ranking a photo again, and as guesses.
 */
export const MIN_STORED_SCORE = 0.03;
/** Guesses offered for a photo: at most so many, none less sure. */
export const MAX_GUESSES = 5;
export const MIN_GUESS_SCORE = 0.05;

/** SQL for the score from which a label is shown; `label` is its number as SQL. */
export const thresholdSql = (label: string): string =>
  `ifnull((SELECT b.score FROM temp.bar b WHERE b.label = ${label}), (SELECT b.score FROM temp.bar b WHERE b.label = 0))`;

/** SQL for the numbers of labels that are shown nowhere. */
export const HIDDEN_LABELS_SQL = "SELECT label FROM label_card WHERE hidden = 1";

/**
 * Lays the view `shown` over the predictions: those of labels that are not hidden which reach their threshold, with the
 * columns of
 * `cache.prediction`. Whatever a user sees of predictions is read from it. Thresholds lie in the temporary table `bar`,
 * that of all labels without one of their own under 0.
 */
export function createShownView(db: Database.Database): void {
  db.exec(`
    CREATE TEMP TABLE bar (label INTEGER PRIMARY KEY, score REAL NOT NULL);
    CREATE TEMP VIEW shown AS SELECT q.photo, q.label, q.score, q.place FROM cache.prediction q WHERE q.score >= ${thresholdSql("q.label")} AND q.label NOT IN (${HIDDEN_LABELS_SQL})`);
  setThresholds(db);
}

/** Takes up the thresholds as they are stored. */
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
