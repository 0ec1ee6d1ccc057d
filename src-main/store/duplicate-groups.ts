import type { PhotoId } from "../../src-shared/contract";
import { inTransaction, prepared, type Store } from "./database";

/** Near duplicates (copies and edits of one picture), or a burst. */
export interface DuplicateGroup {
  kind: "duplicate" | "burst";
  /** Two or more, the suggested keep first. */
  photos: PhotoId[];
  /** Why the first is the suggested keep, in words. */
  why: string;
}

const STATE_KEY = "duplicates";

/**
 * Replaces the stored groups.
 * @param state what `duplicateInputState` returned before the groups were found
 */
export function storeGroups(store: Store, groups: readonly DuplicateGroup[], state: string): void {
  inTransaction(store, () => {
    prepared(store, "DELETE FROM cache.duplicate").run();
    const add = prepared(
      store,
      `INSERT INTO cache.duplicate (photo, "group", place, kind, why) VALUES (?, ?, ?, ?, ?)`,
    );
    groups.forEach(({ photos, kind, why }, group) =>
      photos.forEach((photo, place) => add.run(photo, group, place, kind, why)),
    );
    prepared(store, "INSERT OR REPLACE INTO cache.meta (key, value) VALUES (?, ?)").run(STATE_KEY, state);
  });
}

/** The stored groups, reduced to photos still present; null if the library hasn't been searched for duplicates. */
export function groupsFound(store: Store): DuplicateGroup[] | null {
  if (storedState(store) === undefined) return null;
  const rows = prepared<{ photo: number; group: number; kind: DuplicateGroup["kind"]; why: string }>(
    store,
    `
    SELECT d.photo, d."group", d.kind, d.why FROM cache.duplicate d JOIN photo p ON p.id = d.photo
      WHERE p.files > 0 ORDER BY d."group", d.place`,
  ).all();
  const groups = new Map<number, DuplicateGroup>();
  for (const { photo, group, kind, why } of rows) {
    const known = groups.get(group);
    if (known) known.photos.push(photo);
    else groups.set(group, { kind, photos: [photo], why });
  }
  return [...groups.values()].filter(({ photos }) => photos.length > 1);
}

/** Whether photos were added, removed or changed since the groups were found. True if they never were. */
export function areGroupsStale(store: Store, visualId: string): boolean {
  return storedState(store) !== duplicateInputState(store, visualId);
}

/** Changes whenever photos come, go or change. */
export function duplicateInputState(store: Store, visualId: string): string {
  const { n, photos, features, bytes } = prepared<{
    n: number;
    photos: number | null;
    features: number | null;
    bytes: number | null;
  }>(
    store,
    `
    SELECT count(*) AS n, sum(f.photo) AS photos, sum(f.id) AS features, sum(p.bytes) AS bytes
      FROM cache.feature f JOIN photo p ON p.id = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0`,
  ).get(visualId)!;
  return [visualId, n, photos ?? 0, features ?? 0, bytes ?? 0].join(" ");
}

function storedState(store: Store): string | undefined {
  return prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = ?").get(STATE_KEY)?.value;
}
