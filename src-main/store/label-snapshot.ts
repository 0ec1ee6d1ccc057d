import type { ModelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { inTransaction, prepared, readMeta, type Store, writeMeta } from "./database";
import { modelOf, useModel } from "./models";
import { preferredPack, setPreferredPack } from "./settings";

/**
 * What labelled a library before it was labelled again with another model pack. @property pack as `chosenPack` said it
 * then @property settled the model that took its place
 */
interface LabelSnapshot {
  model: ModelId;
  pack: string | null;
  settled: ModelId;
}

/**
 * Names of notes. An attempt is open from when models for the other pack are added until their labels are taken into
 * use; then there is a way back.
 */
const RELABELLING_KEY = "labelling again";
const SNAPSHOT_KEY = "before it was labelled again";

/** Tables of what photos carry by prediction, with their columns; `earlier_…` keeps each for going back. */
const SNAPSHOT_COLUMNS = { ranked: "photo, model, labels, best, stale", prediction: "photo, label, score, place" };

/** All rows of one table of the cache take the place of another's. */
function replaceRows(store: Store, into: string, from: string, columns: string): void {
  prepared(store, `DELETE FROM cache.${into}`).run();
  prepared(store, `INSERT INTO cache.${into} (${columns}) SELECT ${columns} FROM cache.${from}`).run();
}

/** Models that are added from now on belong to an attempt to label the library again with another pack. */
export function beginRelabelling(store: Store, model: ModelId): void {
  const { last } = prepared<{ last: number }>(store, "SELECT max(id) AS last FROM model").get()!;
  writeMeta(store, RELABELLING_KEY, JSON.stringify({ model, last }));
}

/**
 * An attempt that was broken off leaves nothing: the model from before it is in use again. Where none is open nothing
 * happens.
 */
export function discardRelabelling(store: Store): void {
  const attempt = readMeta(store, RELABELLING_KEY);
  if (!attempt) return;
  const { model, last } = JSON.parse(attempt) as { model: ModelId; last: number };
  inTransaction(store, () => {
    useModel(store, model);
    prepared(store, "DELETE FROM model WHERE id > ?").run(last);
    writeMeta(store, RELABELLING_KEY, "");
  });
}

/**
 * Takes the attempt's model into use; the labels that photos carry are kept for `putBackEarlier`. They are in their
 * place before anything
 * changes, because a transaction over both files is not whole when the process dies.
 * @param pack the pack that labels the library from now on, as `chosenPack`
 */
export function commitRelabelling(store: Store, model: ModelId, pack: string | null): void {
  const attempt = JSON.parse(readMeta(store, RELABELLING_KEY)!) as { model: ModelId };
  const earlier: LabelSnapshot = { model: attempt.model, pack: preferredPack(store), settled: model };
  inTransaction(store, () => {
    for (const [table, columns] of Object.entries(SNAPSHOT_COLUMNS))
      replaceRows(store, `earlier_${table}`, table, columns);
  });
  inTransaction(store, () => {
    useModel(store, model);
    setPreferredPack(store, pack);
    writeMeta(store, SNAPSHOT_KEY, JSON.stringify(earlier));
    writeMeta(store, RELABELLING_KEY, "");
  });
}

/** The model that labelling the library again took into use; null where it was not, or there is no way back. */
export function relabelledModel(store: Store): ModelId | null {
  const earlier = readMeta(store, SNAPSHOT_KEY);
  return earlier && prepared(store, "SELECT 1 FROM cache.earlier_ranked LIMIT 1").get()
    ? (JSON.parse(earlier) as LabelSnapshot).settled
    : null;
}

/**
 * Photos carry the labels from before they were labelled again, and the model and pack of then are in use. @throws
 * Refusal `no-upgrade`
 */
export function restoreSnapshot(store: Store): void {
  const noteOfIt = readMeta(store, SNAPSHOT_KEY);
  if (!noteOfIt) throw new Refusal("no-upgrade", "The library was not labelled again.");
  if (relabelledModel(store) === null)
    throw new Refusal("no-upgrade", "The labels from before the library was labelled again are no longer stored.");
  const { model, pack } = JSON.parse(noteOfIt) as LabelSnapshot;
  modelOf(store, model); // refuses one that is gone before anything changes
  inTransaction(store, () => {
    prepared(store, "DELETE FROM cache.former").run();
    for (const [table, columns] of Object.entries(SNAPSHOT_COLUMNS))
      replaceRows(store, table, `earlier_${table}`, columns);
  });
  inTransaction(store, () => {
    useModel(store, model);
    setPreferredPack(store, pack);
    writeMeta(store, SNAPSHOT_KEY, "");
  });
}
