import type { ModelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { inTransaction, prepared, readMeta, type Store, writeMeta } from "./database";
import { modelOf, useModel } from "./models";
import { preferredPack, setPreferredPack } from "./settings";

/**
 * What labelled a library before it was relabelled with another model pack.
 * @property pack as `preferredPack` returned it then
 * @property settled the model that replaced it
 */
interface LabelSnapshot {
  model: ModelId;
  pack: string | null;
  settled: ModelId;
}

/**
 * Keys in the `meta` table. Relabelling is under way from the first model added for the other pack until its labels are
 * in use; from then on there is a snapshot to go back to.
 */
const RELABELLING_KEY = "labelling again";
const SNAPSHOT_KEY = "before it was labelled again";

/** The tables of predictions with their columns. `earlier_…` keeps each for the snapshot. */
const SNAPSHOT_COLUMNS = { ranked: "photo, model, labels, best, stale", prediction: "photo, label, score, place" };

/** Replaces all rows of one cache table by those of another. */
function replaceRows(store: Store, into: string, from: string, columns: string): void {
  prepared(store, `DELETE FROM cache.${into}`).run();
  prepared(store, `INSERT INTO cache.${into} (${columns}) SELECT ${columns} FROM cache.${from}`).run();
}

/** Starts relabelling: models added from now on belong to it. */
export function beginRelabelling(store: Store, model: ModelId): void {
  const { last } = prepared<{ last: number }>(store, "SELECT max(id) AS last FROM model").get()!;
  writeMeta(store, RELABELLING_KEY, JSON.stringify({ model, last }));
}

/**
 * Discards relabelling that was not completed, and goes back to the model from before. Does nothing if none is under
 * way.
 */
export function discardRelabelling(store: Store): void {
  const relabelling = readMeta(store, RELABELLING_KEY);
  if (!relabelling) return;
  const { model, last } = JSON.parse(relabelling) as { model: ModelId; last: number };
  inTransaction(store, () => {
    useModel(store, model);
    prepared(store, "DELETE FROM model WHERE id > ?").run(last);
    writeMeta(store, RELABELLING_KEY, "");
  });
}

/**
 * Completes relabelling: its model comes into use, and the predictions from before are kept for `restoreSnapshot`. They
 * are stored before anything changes, because a transaction over both files is not atomic if the process dies.
 * @param pack the pack that labels the library from now on, as for `setPreferredPack`
 */
export function commitRelabelling(store: Store, model: ModelId, pack: string | null): void {
  const relabelling = JSON.parse(readMeta(store, RELABELLING_KEY)!) as { model: ModelId };
  const snapshot: LabelSnapshot = { model: relabelling.model, pack: preferredPack(store), settled: model };
  inTransaction(store, () => {
    for (const [table, columns] of Object.entries(SNAPSHOT_COLUMNS))
      replaceRows(store, `earlier_${table}`, table, columns);
  });
  inTransaction(store, () => {
    useModel(store, model);
    setPreferredPack(store, pack);
    writeMeta(store, SNAPSHOT_KEY, JSON.stringify(snapshot));
    writeMeta(store, RELABELLING_KEY, "");
  });
}

/** The model that relabelling brought into use; null if the library was not relabelled or the snapshot is gone. */
export function relabelledModel(store: Store): ModelId | null {
  const snapshot = readMeta(store, SNAPSHOT_KEY);
  return snapshot && prepared(store, "SELECT 1 FROM cache.earlier_ranked LIMIT 1").get()
    ? (JSON.parse(snapshot) as LabelSnapshot).settled
    : null;
}

/**
 * Restores the predictions, model and pack from before the library was relabelled.
 * @throws Refusal `no-upgrade`
 */
export function restoreSnapshot(store: Store): void {
  const snapshot = readMeta(store, SNAPSHOT_KEY);
  if (!snapshot) throw new Refusal("no-upgrade", "The library was not relabelled, so there is nothing to go back to.");
  if (relabelledModel(store) === null)
    throw new Refusal("no-upgrade", "Can’t go back: the labels from before are no longer stored.");
  const { model, pack } = JSON.parse(snapshot) as LabelSnapshot;
  modelOf(store, model); // throws if the model is gone, before anything changes
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
