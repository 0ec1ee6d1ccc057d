import type Database from "better-sqlite3";
import type { Migration } from "./migration";
import { features } from "./migrations/cache-001-features";
import { duplicates } from "./migrations/cache-002-duplicates";
import { before } from "./migrations/cache-003-before";
import { detections } from "./migrations/cache-004-detections";
import { earlierLabels } from "./migrations/cache-005-earlier-labels";
import { crops } from "./migrations/cache-006-crops";
import { photos } from "./migrations/library-001-photos";
import { verdicts } from "./migrations/library-002-verdicts";
import { models } from "./migrations/library-003-models";
import { camerasAndSets } from "./migrations/library-004-cameras-and-sets";
import { labelCards } from "./migrations/library-005-label-cards";
import { versions } from "./migrations/library-006-versions";
import { splits } from "./migrations/library-007-splits";
import { heads } from "./migrations/library-008-heads";
import { companions } from "./migrations/library-009-companions";
import { labelNames } from "./migrations/library-010-label-names";
import { boxVerdicts } from "./migrations/library-011-box-verdicts";
import { acceptedBoxes } from "./migrations/library-012-accepted-boxes";
import { events } from "./migrations/library-013-events";
import { places } from "./migrations/library-014-places";
import { marks } from "./migrations/library-015-marks";

export const LIBRARY_STEPS: readonly Migration[] = [
  photos,
  verdicts,
  models,
  camerasAndSets,
  labelCards,
  versions,
  splits,
  heads,
  companions,
  labelNames,
  boxVerdicts,
  acceptedBoxes,
  events,
  places,
  marks,
];
/** From this schema on, every label in a library has a valid name. */
export const LABELS_CHECKED_SCHEMA = LIBRARY_STEPS.indexOf(labelNames) + 1;
export const CACHE_STEPS: readonly Migration[] = [features, duplicates, before, detections, earlierLabels, crops];

/** The schema version of a database; 0 for a new file. */
export function schemaOf(db: Database.Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** Applies the migrations that a database lacks, each in its own transaction, so that a crash leaves a valid schema. */
export function migrate(db: Database.Database, steps: readonly Migration[]): void {
  const from = schemaOf(db);
  for (const [step, { sql, mend }] of steps.entries()) {
    if (step < from) continue;
    db.transaction(() => {
      db.exec(sql);
      mend?.(db);
      db.pragma(`user_version = ${step + 1}`);
    })();
  }
}
