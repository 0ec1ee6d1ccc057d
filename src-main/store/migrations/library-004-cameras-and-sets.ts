import type { Migration } from "../migration";

/**
 * `photo.camera` is make and model as the camera wrote them: NULL if not read, '' if it wrote none. A set is a saved
 * search: a query with a name, and how its photos are shown.
 */
export const camerasAndSets: Migration = {
  name: "cameras and saved sets",
  sql: `
    ALTER TABLE photo ADD COLUMN camera TEXT;
    CREATE INDEX photo_camera ON photo (camera, files, id);

    CREATE TABLE saved_set (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE COLLATE NOCASE,
      query TEXT NOT NULL,
      sort TEXT NOT NULL,
      descending INTEGER NOT NULL,
      grouping TEXT NOT NULL,
      saved_at INTEGER NOT NULL
    );
  `,
};
