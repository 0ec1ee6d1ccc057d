import type { PhotoId } from "../../src-shared/contract";
import { inTransaction, prepared, type Store } from "./database";

/** Photos of one motif: copies and edits of one picture, or a series of shots. */
export interface DuplicateGroup {
  kind: "duplicate" | "burst";
  /** Best shot first; two or more. */
  photos: PhotoId[];
  /** What the first has before the others, in words. */
  why: string;
}

const STATE_KEY = "duplicates";

/**
 * Puts groups in the place of earlier ones. @param state of the photos among which they were found, as `photoState`
 * gave it before
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

/** The groups as they were found, of the photos still present; null before they were looked for. */
export function groupsFound(store: Store): DuplicateGroup[] | null {
  if (storedState(store) === undefined) return null;
  const rows = prepared<{ photo: number; group: number; kind: DuplicateGroup["kind"]; why: string }>(
    store,
    `
    SELECT d.photo, d."group", d.kind, d.why FROM cache.duplicate d JOIN photo p ON p.id = d.photo WHERE p.files > 0 ORDER BY d."group", d.place`,
  ).all();
  const groups = new Map<number, DuplicateGroup>();
  for (const { photo, group, kind, why } of rows) {
    const known = groups.get(group);
    if (known) known.photos.push(photo);
    else groups.set(group, { kind, photos: [photo], why });
  }
  return [...groups.values()].filter(({ photos }) => photos.length > 1);
}

/** Whether photos came, went or changed since the groups were found; true before the first time. */
export function areGroupsStale(store: Store, visualId: string): boolean {
  return storedState(store) !== duplicateInputState(store, visualId);
}

/** Changes with the present photos and their contents. */
export function duplicateInputState(store: Store, visualId: string): string {
  const { n, photos, features, bytes } = prepared<{
    n: number;
    photos: number | null;
    features: number | null;
    bytes: number | null;
  }>(
    store,
    `
    SELECT count(*) AS n, sum(f.photo) AS photos, sum(f.id) AS features, sum(p.bytes) AS bytes FROM cache.feature f JOIN photo p ON p.id = f.photo
    WHERE f.visual = (SELECT id FROM cache.visual WHERE key = ?) AND p.files > 0`,
  ).get(visualId)!;
  return [visualId, n, photos ?? 0, features ?? 0, bytes ?? 0].join(" ");
}

function storedState(store: Store): string | undefined {
  return prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = ?").get(STATE_KEY)?.value;
}
