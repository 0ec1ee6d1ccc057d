import type { LabelId, PhotoId } from "../../src-shared/contract";
import { inTransaction, prepared, type Store } from "./database";
import { judgedDetections } from "./detections";

/**
 * The boxes that count: those of one class of a detector, with at least a minimum score, that nobody rejected, and those
 * that a person accepted or drew.
 */
export interface PeopleCount {
  detector: string;
  class: number;
  /** The class's label. */
  label: LabelId;
  from: number;
}

/** What counts as a person and as a face; null if no detector looks for it. */
export interface PeopleRule {
  persons: PeopleCount | null;
  faces: PeopleCount | null;
}

/** Key under which the cache stores the rule that it counted by. */
const PEOPLE_RULE_KEY = "people";

/** Counts the persons and faces detected in these photos. A photo that no detector has seen gets no count. */
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
 * The number of people and faces in a photo. Null if no detector has seen it; `faces` is null if none looked for faces.
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
 * Counts again in all photos if the rule has changed, for example because the pack has other thresholds or detectors.
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
  // Boxes of other classes don't count: their label doesn't matter.
  const detector = {
    id: counted.detector,
    labelOf: () => counted.label,
    classOf: (label: LabelId) => (label === counted.label ? counted.class : undefined),
  };
  for (const [photo, { scores, classes }] of judgedDetections(store, detector, photos)) {
    let n = 0;
    for (const [i, score] of scores.entries()) if (classes[i] === counted.class && score >= counted.from) n++;
    counts.set(photo, n);
  }
  return counts;
}
