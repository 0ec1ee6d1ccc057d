import type { ModelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { inTransaction, type Library, note, noted, prepared } from "./database";
import { modelOf, useModel } from "./models";
import { choosePackOf, chosenPack } from "./settings";

/**
 * What labelled a library before it was labelled again with another model pack. @property pack as `chosenPack` said it
 * then @property settled the model that took its place
 */
interface Earlier {
  model: ModelId;
  pack: string | null;
  settled: ModelId;
}

/**
 * Names of notes. An attempt is open from when models for the other pack are added until their labels are taken into
 * use; then there is a way back.
 */
const ATTEMPT = "labelling again";
const EARLIER = "before it was labelled again";

/** Tables of what photos carry by prediction, with their columns; `earlier_…` keeps each for going back. */
const KEPT = { ranked: "photo, model, labels, best, stale", prediction: "photo, label, score, place" };

/** All rows of one table of the cache take the place of another's. */
function replaceRows(library: Library, into: string, from: string, columns: string): void {
  prepared(library, `DELETE FROM cache.${into}`).run();
  prepared(library, `INSERT INTO cache.${into} (${columns}) SELECT ${columns} FROM cache.${from}`).run();
}

/** Models that are added from now on belong to an attempt to label the library again with another pack. */
export function beginAttempt(library: Library, model: ModelId): void {
  const { last } = prepared<{ last: number }>(library, "SELECT max(id) AS last FROM model").get()!;
  note(library, ATTEMPT, JSON.stringify({ model, last }));
}

/**
 * An attempt that was broken off leaves nothing: the model from before it is in use again. Where none is open nothing
 * happens.
 */
export function dropAttempt(library: Library): void {
  const attempt = noted(library, ATTEMPT);
  if (!attempt) return;
  const { model, last } = JSON.parse(attempt) as { model: ModelId; last: number };
  inTransaction(library, () => {
    useModel(library, model);
    prepared(library, "DELETE FROM model WHERE id > ?").run(last);
    note(library, ATTEMPT, "");
  });
}

/**
 * Takes the attempt's model into use; the labels that photos carry are kept for `putBackEarlier`. They are in their
 * place before anything
 * changes, because a transaction over both files is not whole when the process dies.
 * @param pack the pack that labels the library from now on, as `chosenPack`
 */
export function settleAttempt(library: Library, model: ModelId, pack: string | null): void {
  const attempt = JSON.parse(noted(library, ATTEMPT)!) as { model: ModelId };
  const earlier: Earlier = { model: attempt.model, pack: chosenPack(library), settled: model };
  inTransaction(library, () => {
    for (const [table, columns] of Object.entries(KEPT)) replaceRows(library, `earlier_${table}`, table, columns);
  });
  inTransaction(library, () => {
    useModel(library, model);
    choosePackOf(library, pack);
    note(library, EARLIER, JSON.stringify(earlier));
    note(library, ATTEMPT, "");
  });
}

/** The model that labelling the library again took into use; null where it was not, or there is no way back. */
export function settledModel(library: Library): ModelId | null {
  const earlier = noted(library, EARLIER);
  return earlier && prepared(library, "SELECT 1 FROM cache.earlier_ranked LIMIT 1").get()
    ? (JSON.parse(earlier) as Earlier).settled
    : null;
}

/**
 * Photos carry the labels from before they were labelled again, and the model and pack of then are in use. @throws
 * Refusal `no-upgrade`
 */
export function putBackEarlier(library: Library): void {
  const noteOfIt = noted(library, EARLIER);
  if (!noteOfIt) throw new Refusal("no-upgrade", "The library was not labelled again.");
  if (settledModel(library) === null)
    throw new Refusal("no-upgrade", "The labels from before the library was labelled again are no longer stored.");
  const { model, pack } = JSON.parse(noteOfIt) as Earlier;
  modelOf(library, model); // refuses one that is gone before anything changes
  inTransaction(library, () => {
    prepared(library, "DELETE FROM cache.former").run();
    for (const [table, columns] of Object.entries(KEPT)) replaceRows(library, table, `earlier_${table}`, columns);
  });
  inTransaction(library, () => {
    useModel(library, model);
    choosePackOf(library, pack);
    note(library, EARLIER, "");
  });
}
