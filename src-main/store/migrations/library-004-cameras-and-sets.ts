import type { Migration } from "../migration";

/**
 * `photo.camera` is make and model as the camera wrote them: NULL before anybody looked, '' where it wrote none.
 * A set is a query that was given a name, and how its photos are shown.
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
