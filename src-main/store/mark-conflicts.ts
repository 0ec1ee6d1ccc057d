import type { MarkConflict, MarkConflictId, MarkSide, PhotoId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { type Mark, MARKS, NO_MARKS } from "../../src-shared/photo-marks";
import { Refusal } from "../../src-shared/refusal";
import type { FileMarks } from "../images/xmp-marks";
import { inTransaction, prepared, type Store } from "./database";
import { type MarkChange, recordMarks, updateMarks } from "./marks";
import { FIRST_PATH_SQL, VERSION_SQL } from "./photos";

/** A sidecar as it was read or written. */
export interface SeenSidecar {
  /** Relative to the library's root. */
  path: string;
  size: number;
  mtimeMs: number;
  marks: FileMarks;
}

interface Row extends FileMarks {
  path: string;
  size: number;
  mtime_ms: number;
}

/** The sidecar of each photo as it was last seen: its path, size and modification time. */
export const seenSidecars = (store: Store): Map<PhotoId, Omit<SeenSidecar, "marks">> =>
  new Map(
    prepared<{ photo: PhotoId; path: string; size: number; mtimeMs: number }>(
      store,
      "SELECT photo, path, size, mtime_ms AS mtimeMs FROM sidecar_mark",
    )
      .all()
      .map(({ photo, ...seen }) => [photo, seen]),
  );

/** Remembers what Semblance wrote into a sidecar, so that only later changes count as another program's. */
export function rememberSidecar(store: Store, photo: PhotoId, { path, size, mtimeMs, marks }: SeenSidecar): void {
  prepared(
    store,
    `INSERT OR REPLACE INTO sidecar_mark (photo, path, size, mtime_ms, flag, rating, colour)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(photo, path, size, mtimeMs, marks.flag, marks.rating, marks.colour);
  updateMarks(store, photo);
}

/**
 * Takes over what a sidecar says, if it has changed since it was last seen. Where a person set something else in
 * Semblance, the newer one holds (a person's, if they are of the same time), and both are kept as a conflict. A sidecar
 * that is deleted changes nothing.
 * @returns whether the photo's marks or conflicts changed
 */
export function takeSidecar(store: Store, photo: PhotoId, seen: SeenSidecar): boolean {
  return inTransaction(store, () => {
    const before = prepared<Row>(store, "SELECT * FROM sidecar_mark WHERE photo = ?").get(photo);
    let changed = false;
    for (const mark of MARKS) {
      const theirs = changedTo(mark, before, seen.marks);
      if (theirs === null) continue;
      changed = true;
      settle(store, photo, mark, theirs, seen);
    }
    rememberSidecar(store, photo, seen);
    return changed;
  });
}

/** What another program set a mark to, as text; null if it left it alone. */
function changedTo(mark: Mark, before: Row | undefined, now: FileMarks): string | null {
  const none = NO_MARKS[mark];
  // Many programs write "no stars" into every new sidecar. Nobody set that.
  const [was, is] = before ? [before[mark] ?? none, now[mark] ?? none] : [none, now[mark] ?? none];
  return was === is ? null : String(is);
}

function settle(store: Store, photo: PhotoId, mark: Mark, theirs: string, { path, mtimeMs }: SeenSidecar): void {
  const ours = prepared<{ value: string; at: number; source: string }>(
    store,
    `SELECT s.value, e.at, a.source FROM standing_mark s JOIN mark_event e ON e.id = s.event
      JOIN action a ON a.id = e.action WHERE s.photo = ? AND s.mark = ?`,
  ).get(photo, mark);
  if (ours === undefined || ours.value === theirs) return;
  const at = Math.round(mtimeMs);
  const open = prepared<{ id: number; ours: string }>(
    store,
    "SELECT id, ours FROM mark_conflict WHERE photo = ? AND mark = ? AND dismissed = 0 ORDER BY id DESC LIMIT 1",
  ).get(photo, mark);
  const adopt = () =>
    recordMarks(store, [{ photo, mark, value: theirs }], {
      source: "sidecar",
      describe: () => `Take over the ${mark} from ${path}`,
      at,
    });
  if (ours.source === "sidecar") {
    // It came from the other program already: what a person set in Semblance is on the other side of the conflict.
    if (open?.ours === theirs) dismissConflicts(store, [open.id]);
    else if (open)
      prepared(store, "UPDATE mark_conflict SET theirs = ?, theirs_at = ?, path = ? WHERE id = ?").run(
        theirs,
        at,
        path,
        open.id,
      );
    adopt();
    return;
  }
  if (open) dismissConflicts(store, [open.id]);
  prepared(
    store,
    "INSERT INTO mark_conflict (photo, mark, path, ours, ours_at, theirs, theirs_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
  ).run(photo, mark, path, ours.value, ours.at, theirs, at);
  if (at > ours.at) adopt();
}

/** The conflicts that are not dismissed, latest first. */
export function markConflicts(store: Store): MarkConflict[] {
  return prepared<
    Omit<MarkConflict, "oursAt" | "theirsAt" | "inUse"> & Record<"ours_at" | "theirs_at", number> & { holds: string }
  >(
    store,
    `
    SELECT r.id AS conflict, r.photo, coalesce(${FIRST_PATH_SQL}, '') AS name, ${VERSION_SQL} AS version, r.mark,
      r.path AS sidecar, r.ours, r.theirs, r.ours_at, r.theirs_at,
      CASE r.mark WHEN 'flag' THEN p.flag WHEN 'rating' THEN CAST(p.stars AS TEXT) ELSE p.colour END AS holds
    FROM mark_conflict r JOIN photo p ON p.id = r.photo WHERE r.dismissed = 0 ORDER BY r.id DESC`,
  )
    .all()
    .map(({ ours_at, theirs_at, holds, ...row }) => ({
      ...row,
      name: row.name.slice(row.name.lastIndexOf("/") + 1),
      oursAt: new Date(ours_at).toISOString(),
      theirsAt: new Date(theirs_at).toISOString(),
      inUse: holds === row.theirs ? "theirs" : holds === row.ours ? "ours" : null,
    }));
}

export const countMarkConflicts = (store: Store): number =>
  prepared<{ n: number }>(store, "SELECT count(*) AS n FROM mark_conflict WHERE dismissed = 0").get()!.n;

/** Takes conflicts off the list. */
export const dismissConflicts = (store: Store, conflicts: readonly MarkConflictId[]): void =>
  setDismissed(store, conflicts, 1);

/** Puts conflicts back on the list. */
export const relistConflicts = (store: Store, conflicts: readonly MarkConflictId[]): void =>
  setDismissed(store, conflicts, 0);

function setDismissed(store: Store, conflicts: readonly MarkConflictId[], dismissed: 0 | 1): void {
  prepared(store, "UPDATE mark_conflict SET dismissed = ? WHERE id IN (SELECT value FROM json_each(?))").run(
    dismissed,
    JSON.stringify(conflicts),
  );
}

/**
 * Uses one side of conflicts, as one action that undo takes back.
 * @returns how many photos changed, and all that were asked for
 * @throws Refusal `no-conflict`
 */
export function useConflictSide(
  store: Store,
  conflicts: readonly MarkConflictId[],
  side: MarkSide,
): { count: number; photos: PhotoId[] } {
  const one = prepared<MarkChange>(store, `SELECT photo, mark, ${side} AS value FROM mark_conflict WHERE id = ?`);
  const changes = conflicts.map((conflict) => {
    const change = one.get(conflict);
    if (!change) throw new Refusal("no-conflict", `There is no conflict ${conflict}.`);
    return change;
  });
  const from = side === "ours" ? "Semblance" : "the other program";
  const count = recordMarks(store, changes, {
    source: "person",
    describe: (photos) => `Use what ${from} set on ${formatCount(photos, "photo")}`,
  });
  return { count, photos: [...new Set(changes.map(({ photo }) => photo))] };
}
