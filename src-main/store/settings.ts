import type { LabelId, Settings } from "../../src-shared/contract";
import { defaultPack } from "../base/default-pack";
import { inTransaction, labelNumbers, prepared, type Store } from "./database";
import { DEFAULT_THRESHOLD, setThresholds } from "./shown-labels";

/**
 * The settings of one library: those of the window (except the data folder, which all libraries share); the model pack,
 * by name or folder; and the word vectors, "bundled" or the path of a vocabulary.
 */
export type LibrarySettings = Omit<Settings, "dataFolder"> & { pack: string; words: string };

export const DEFAULT_SETTINGS: LibrarySettings = {
  thumbnailMegabytes: 4000, // about 100,000 thumbnails
  excludedFolders: [],
  labelSet: "everyday",
  pack: defaultPack(),
  words: "bundled",
  threshold: DEFAULT_THRESHOLD,
  labelThresholds: {},
  liveLearning: true,
  watchFolder: true,
  objects: true,
  faces: true,
};

export function settingsOf(store: Store): LibrarySettings {
  const stored = prepared<{ key: string; value: string }>(store, "SELECT key, value FROM setting").all();
  return {
    ...DEFAULT_SETTINGS,
    pack: defaultPack(),
    ...Object.fromEntries(stored.map(({ key, value }) => [key, JSON.parse(value)])),
  };
}

export function changeSettings(store: Store, change: Partial<LibrarySettings>): LibrarySettings {
  labelNumbers(store, Object.keys(change.labelThresholds ?? {}) as LabelId[]);
  inTransaction(store, () => {
    for (const key of Object.keys(DEFAULT_SETTINGS) as (keyof LibrarySettings)[]) {
      if (change[key] === undefined) continue;
      prepared(
        store,
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      ).run(key, JSON.stringify(change[key]));
    }
  });
  if (change.threshold !== undefined || change.labelThresholds !== undefined) setThresholds(store.db);
  return settingsOf(store);
}

/** The model pack chosen for this library; null if it follows the default. */
export function preferredPack(store: Store): string | null {
  const stored = prepared<{ value: string }>(store, "SELECT value FROM setting WHERE key = 'pack'").get();
  return stored ? (JSON.parse(stored.value) as string) : null;
}

/** @param pack null to follow the default from now on */
export function setPreferredPack(store: Store, pack: string | null): void {
  if (pack === null) prepared(store, "DELETE FROM setting WHERE key = 'pack'").run();
  else changeSettings(store, { pack });
}
