import { statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { inTransaction, prepared, type Store } from "./database";

/** The features that one visual model computed for a library's photos. */
export interface FeatureSet {
  visualId: string;
  /** Photos with features, missing ones included. */
  photos: number;
  /** Bytes of the features and class probabilities. */
  bytes: number;
}

/** The features in the cache, by visual model. */
export function featureSets(store: Store): FeatureSet[] {
  return prepared<FeatureSet>(
    store,
    `
    SELECT v.key AS visualId, count(*) AS photos,
      sum(length(f.feature) + length(f.classes) + length(f.probabilities)) AS bytes
    FROM cache.feature f JOIN cache.visual v ON v.id = f.visual GROUP BY v.id ORDER BY v.id`,
  ).all();
}

/** Rows deleted between yields (about 10 ms). */
const ROWS_PER_YIELD = 500;
/** Pages of 16 KB returned to the disk between yields. */
const PAGES_PER_YIELD = 256;

/**
 * Deletes the features of one visual model, and returns their space to the disk. Can be interrupted at any time: what
 * is left can be deleted later. Calls are answered meanwhile, except in a cache that an earlier version made, which is
 * written once more as a whole.
 * @returns the photos that had features, and the bytes by which the cache became smaller
 */
export async function dropFeatures(store: Store, visualId: string): Promise<{ photos: number; bytes: number }> {
  const file = join(store.directory, "cache.db");
  store.db.pragma("cache.wal_checkpoint(TRUNCATE)");
  const before = statSync(file).size;
  const remove = prepared(
    store,
    `
    DELETE FROM cache.feature WHERE id IN (SELECT f.id FROM cache.feature f
      WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) LIMIT ${ROWS_PER_YIELD})`,
  );
  let photos = 0;
  for (;;) {
    const { changes } = inTransaction(store, () => remove.run(visualId));
    photos += changes;
    if (changes === 0) break;
    await setImmediate();
  }
  prepared(store, "DELETE FROM cache.visual WHERE key = ?").run(visualId);
  await shrinkCache(store);
  store.db.pragma("cache.wal_checkpoint(TRUNCATE)");
  return { photos, bytes: Math.max(0, before - statSync(file).size) };
}

async function shrinkCache({ db }: Store): Promise<void> {
  const isIncremental = db.pragma("cache.auto_vacuum", { simple: true }) === 2;
  if (!isIncremental) return void db.exec("VACUUM cache");
  const free = () => db.pragma("cache.freelist_count", { simple: true }) as number;
  while (free() > 0) {
    db.pragma(`cache.incremental_vacuum(${PAGES_PER_YIELD})`);
    await setImmediate();
  }
}
