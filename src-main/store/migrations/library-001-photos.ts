import type { Migration } from "../migration";

/**
 * A file is a path; a photo is a content. Triggers keep `photo.files`, the number of a photo's present files, so that
 * the grid's queries can leave missing photos out without a join. `photo.dated` is when the photo was taken or, failing
 * that, when its file was last modified; it serves for sorting and grouping by date.
 */
export const photos: Migration = {
  name: "photos and files",
  sql: `
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE photo (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hash BLOB NOT NULL UNIQUE,
      bytes INTEGER NOT NULL,
      width INTEGER NOT NULL DEFAULT 0,
      height INTEGER NOT NULL DEFAULT 0,
      format TEXT NOT NULL DEFAULT '',
      taken_at TEXT,
      dated TEXT NOT NULL,
      added_at INTEGER NOT NULL,
      files INTEGER NOT NULL DEFAULT 0,
      error_code TEXT,
      error_message TEXT
    );
    CREATE INDEX photo_dated ON photo (dated, id, files);
    CREATE INDEX photo_added ON photo (added_at, id, files);
    CREATE INDEX photo_vanished ON photo (id) WHERE files = 0;
    CREATE INDEX photo_failed ON photo (id) WHERE error_code IS NOT NULL;

    CREATE TABLE file (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      folder TEXT NOT NULL,
      photo INTEGER REFERENCES photo (id),
      size INTEGER NOT NULL,
      mtime_ms REAL NOT NULL,
      missing INTEGER NOT NULL DEFAULT 0,
      error_code TEXT,
      error_message TEXT
    );
    CREATE INDEX file_photo ON file (photo, missing, path);
    CREATE INDEX file_folder ON file (folder, missing, photo);
    CREATE INDEX file_failed ON file (path) WHERE error_code IS NOT NULL;

    CREATE TRIGGER file_came AFTER INSERT ON file WHEN NEW.photo IS NOT NULL AND NEW.missing = 0 BEGIN
      UPDATE photo SET files = files + 1 WHERE id = NEW.photo;
    END;
    CREATE TRIGGER file_changed AFTER UPDATE OF photo, missing ON file
      WHEN OLD.photo IS NOT NEW.photo OR OLD.missing <> NEW.missing BEGIN
      UPDATE photo SET files = files - 1 WHERE id = OLD.photo AND OLD.missing = 0;
      UPDATE photo SET files = files + 1 WHERE id = NEW.photo AND NEW.missing = 0;
    END;
    CREATE TRIGGER file_went AFTER DELETE ON file WHEN OLD.photo IS NOT NULL AND OLD.missing = 0 BEGIN
      UPDATE photo SET files = files - 1 WHERE id = OLD.photo;
    END;
  `,
};
