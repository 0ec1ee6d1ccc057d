import type Database from "better-sqlite3";
import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";
import { isLabelId, isLikeLabelId, mendedName, nameInAnyId, ownLabelOrNull } from "../../src-shared/label-id";
import { MARKS } from "../../src-shared/photo-marks";
import { type BoxChange, lastBoxVerdict } from "./box-verdicts";
import { inTransaction, prepared, type Store } from "./database";
import { isCorruption } from "./disk-fault";
import { addPhoto, photoWithHash } from "./identity";
import { isMarkValue, lastMarkEvent, type MarkChange } from "./marks";
import { schemaOf } from "./migrate";
import type { VerdictChange } from "./verdicts";

const EVENT = "SELECT at, photo, label, verdict, added FROM verdict_event WHERE id = ?";

const MARK_EVENT = "SELECT photo, mark, value FROM mark_event WHERE id = ?";

const BOX_EVENT = "SELECT photo, detector, label, x0, y0, x1, y1, verdict FROM box_verdict WHERE id = ?";

type BoxEvent = Omit<BoxChange, "label"> & { label: number };

interface Event {
  at: number;
  photo: PhotoId;
  label: number;
  verdict: Verdict;
  added: number;
}

/** What was recorded after a backup was made. */
export interface NewerVerdicts {
  changes: VerdictChange[];
  boxes: BoxChange[];
  marks: MarkChange[];
  /** How many can't be read; null if that isn't known either. */
  lost: number | null;
}

/** Nothing that can be read. */
export const NONE = { changes: [], boxes: [], marks: [] };

/**
 * Reads the verdicts in a damaged file that the restored library lacks. Both have the same log up to the end of the
 * shorter one, because the log only grows; unless one of them was started again, or is a copy from elsewhere. Then all
 * verdicts of the damaged file are taken as newer, and photos are matched by their content.
 * @param shared the last event of the backup
 */
export function newerVerdicts(store: Store, damaged: Database.Database, shared: number): NewerVerdicts {
  try {
    if (schemaOf(damaged) === 0) return { ...NONE, lost: null };
    if (damaged.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'verdict_event'").get() === undefined)
      return { ...NONE, lost: 0 };
    return readNewer(store, damaged, shared);
  } catch (error) {
    if (!isCorruption(error)) throw error;
    return { ...NONE, lost: null };
  }
}

function readNewer(store: Store, damaged: Database.Database, shared: number): NewerVerdicts {
  damaged.pragma("trusted_schema = OFF");
  const readable = <Row>(sql: string): ((id: number) => Row | undefined) => {
    const statement = damaged.prepare<[number], Row>(sql);
    return (id) => {
      try {
        return statement.get(id);
      } catch (error) {
        if (!isCorruption(error)) throw error;
        return undefined;
      }
    };
  };
  const event = readable<Event>(EVENT);
  const content = readable<{ hash: unknown; bytes: number; dated: string }>(
    "SELECT hash, bytes, dated FROM photo WHERE id = ?",
  );
  const key = readable<{ key: unknown }>("SELECT key FROM label WHERE id = ?");
  const lastOf = damaged.prepare<[string], number>("SELECT seq FROM sqlite_sequence WHERE name = ?").pluck();
  const last = lastOf.get("verdict_event") ?? 0;
  const common = Math.min(shared, last);
  const [ours, theirs] = [prepared<Event>(store, EVENT).get(common), event(common)];
  const isSameLog = ours === undefined || theirs === undefined || isSameEvent(ours, theirs);
  const lastPhoto = isSameLog
    ? (prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM photo").get()!.last ?? 0)
    : 0;

  /** Ids that both files know mean the same in both. A photo that came later is identified by its hash. */
  const photoOf = (id: PhotoId): PhotoId | undefined => {
    if (id <= lastPhoto) return id;
    const found = content(id);
    if (!Buffer.isBuffer(found?.hash) || found.hash.length !== 32) return undefined;
    const mtimeMs = Date.parse(found.dated);
    return (
      photoWithHash(store, found.hash) ??
      addPhoto(store, {
        hash: found.hash,
        size: Number(found.bytes) || 0,
        mtimeMs: Number.isNaN(mtimeMs) ? 0 : mtimeMs,
      })
    );
  };
  const labelOf = (id: number): LabelId | undefined => {
    const label = (isSameLog ? store.labels.ids.get(id) : undefined) ?? key(id)?.key;
    if (isLabelId(label)) return label;
    // from a version that took invalid names
    return typeof label === "string" && isLikeLabelId(label)
      ? (ownLabelOrNull(mendedName(nameInAnyId(label))) ?? undefined)
      : undefined;
  };

  const first = isSameLog ? shared + 1 : 1;
  const changes: VerdictChange[] = [];
  const boxes: BoxChange[] = [];
  const marks: MarkChange[] = [];
  let lost = 0;
  inTransaction(store, () => {
    for (let id = first; id <= last; id++) {
      const found = event(id);
      const photo = found && photoOf(found.photo);
      const label = found && labelOf(found.label);
      if (photo === undefined || label === undefined || !["accept", "reject", "clear"].includes(found!.verdict)) lost++;
      else changes.push({ photo, label, verdict: found!.verdict, added: found!.added === 1 });
    }
    // 0 in a file of an earlier version, which has no such table
    const [lastBox, lastMark] = [lastOf.get("box_verdict") ?? 0, lastOf.get("mark_event") ?? 0];
    const boxEvent = lastBox === 0 ? () => undefined : readable<BoxEvent>(BOX_EVENT);
    for (let id = isSameLog ? lastBoxVerdict(store) + 1 : 1; id <= lastBox; id++) {
      const found = boxEvent(id);
      const photo = found && photoOf(found.photo);
      const label = found && labelOf(found.label);
      if (photo === undefined || label === undefined || !isBoxEvent(found!)) lost++;
      else boxes.push({ ...found!, photo, label });
    }
    const markEvent = lastMark === 0 ? () => undefined : readable<MarkChange>(MARK_EVENT);
    for (let id = isSameLog ? lastMarkEvent(store) + 1 : 1; id <= lastMark; id++) {
      const found = markEvent(id);
      const photo = found && photoOf(found.photo);
      if (photo === undefined || !isMarkEvent(found!)) lost++;
      else marks.push({ photo, mark: found!.mark, value: found!.value });
    }
  });
  return { changes, boxes, marks, lost };
}

const isBoxEvent = ({ detector, verdict, x0, y0, x1, y1 }: BoxEvent): boolean =>
  typeof detector === "string" &&
  ["accept", "reject", "clear"].includes(verdict) &&
  [x0, y0, x1, y1].every(Number.isInteger);

const isMarkEvent = ({ mark, value }: MarkChange): boolean =>
  MARKS.includes(mark) && (value === null || isMarkValue(mark, value));

const isSameEvent = (a: Event, b: Event): boolean =>
  a.at === b.at && a.photo === b.photo && a.label === b.label && a.verdict === b.verdict;
