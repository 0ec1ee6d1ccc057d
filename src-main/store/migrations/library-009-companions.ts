import type { Migration } from "../migration";

/**
 * A camera may write several files for one photo: a RAW beside a JPEG, a film beside a still. A `companion` is a file
 * that belongs to the photo of the still with the same name; it is not shown and doesn't count as a copy. `stem` is the
 * path up to the dot before the extension. Verdicts are transferred in the order of the log, which is queried by photo.
 */
export const companions: Migration = {
  name: "RAW files and films beside their photos",
  sql: `
    ALTER TABLE file ADD COLUMN kind TEXT NOT NULL DEFAULT 'still' CHECK (kind IN ('still', 'raw', 'video'));
    ALTER TABLE file ADD COLUMN companion INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE file ADD COLUMN stem TEXT GENERATED ALWAYS AS (rtrim(path, replace(path, '.', ''))) VIRTUAL;
    CREATE INDEX file_stem ON file (stem, kind);
    CREATE INDEX file_beside ON file (path) WHERE kind <> 'still';
    CREATE INDEX verdict_event_photo ON verdict_event (photo, label, id);

    DROP TRIGGER file_came;
    DROP TRIGGER file_changed;
    DROP TRIGGER file_went;
    CREATE TRIGGER file_came AFTER INSERT ON file WHEN NEW.photo IS NOT NULL AND NEW.missing = 0 AND NEW.companion = 0 BEGIN
      UPDATE photo SET files = files + 1 WHERE id = NEW.photo;
    END;
    CREATE TRIGGER file_changed AFTER UPDATE OF photo, missing, companion ON file
      WHEN OLD.photo IS NOT NEW.photo OR OLD.missing <> NEW.missing OR OLD.companion <> NEW.companion BEGIN
      UPDATE photo SET files = files - 1 WHERE id = OLD.photo AND OLD.missing = 0 AND OLD.companion = 0;
      UPDATE photo SET files = files + 1 WHERE id = NEW.photo AND NEW.missing = 0 AND NEW.companion = 0;
    END;
    CREATE TRIGGER file_went AFTER DELETE ON file WHEN OLD.photo IS NOT NULL AND OLD.missing = 0 AND OLD.companion = 0 BEGIN
      UPDATE photo SET files = files - 1 WHERE id = OLD.photo;
    END;
  `,
};
