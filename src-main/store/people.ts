import type { PhotoId } from "../../src-shared/contract";
import { inTransaction, prepared, type Store } from "./database";
import { detectionsOf } from "./detections";

/** Boxes that count: those of one of a detector's classes, from a score on. */
export interface PeopleCount {
  detector: string;
  class: number;
  from: number;
}

/** What counts as a person and as a face; null where no detector looks for them. */
export interface PeopleRule {
  persons: PeopleCount | null;
  faces: PeopleCount | null;
}

/** Key under which a cache notes the rule that it counted by. */
const PEOPLE_RULE_KEY = "people";

/** Counts the persons and faces that were found in these photos; one that detectors have not looked at has no count. */
export function countPeople(store: Store, { persons, faces }: PeopleRule, photos: readonly PhotoId[]): void {
  const inPersons = countsOf(store, persons, photos);
  const inFaces = countsOf(store, faces, photos);
  inTransaction(store, () => {
    const insert = prepared(store, "INSERT OR REPLACE INTO cache.people (photo, persons, faces) VALUES (?, ?, ?)");
    for (const photo of photos) {
      const [p, f] = [inPersons.get(photo) ?? null, inFaces.get(photo) ?? null];
      if (p !== null || f !== null) insert.run(photo, p, f);
    }
  });
}

/**
 * How many people a photo shows, and faces (null where none were looked for); null where no detector has looked at it.
 */
export function peopleOf(store: Store, photo: PhotoId): { people: number; faces: number | null } | null {
  return (
    prepared<{ people: number; faces: number | null }>(
      store,
      "SELECT people, faces FROM cache.people WHERE photo = ?",
    ).get(photo) ?? null
  );
}

/**
 * Counts again in all photos, unless they were counted by the same rule: a pack's thresholds may be others now, or its
 * detectors.
 */
export function countPeopleBy(store: Store, rule: PeopleRule): void {
  const text = JSON.stringify(rule);
  const kept = prepared<{ value: string }>(store, "SELECT value FROM cache.meta WHERE key = ?").get(
    PEOPLE_RULE_KEY,
  )?.value;
  if (kept === text) return;
  inTransaction(store, () => {
    prepared(store, "DELETE FROM cache.people").run();
    countPeople(store, rule, prepared<PhotoId>(store, "SELECT DISTINCT photo FROM cache.detection").pluck().all());
    prepared(store, "INSERT OR REPLACE INTO cache.meta (key, value) VALUES (?, ?)").run(PEOPLE_RULE_KEY, text);
  });
}

function countsOf(store: Store, counted: PeopleCount | null, photos: readonly PhotoId[]): Map<PhotoId, number> {
  const counts = new Map<PhotoId, number>();
  if (!counted) return counts;
  for (const [photo, { scores, classes }] of detectionsOf(store, counted.detector, photos)) {
    let n = 0;
    for (const [i, score] of scores.entries()) if (classes[i] === counted.class && score >= counted.from) n++;
    counts.set(photo, n);
  }
  return counts;
}
