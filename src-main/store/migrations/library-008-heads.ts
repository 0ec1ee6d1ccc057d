import type { Migration } from "../migration";

/**
 * A photo's metadata. `head_read` is 0 if it hasn't been read: for photos from earlier versions, that happens in the
 * background. A keyword is stored as a JSON array of its path, from general to specific.
 */
export const heads: Migration = {
  name: "lens, place, rating and keywords of photos",
  sql: `
    ALTER TABLE photo ADD COLUMN head_read INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE photo ADD COLUMN lens TEXT NOT NULL DEFAULT '';
    ALTER TABLE photo ADD COLUMN latitude REAL;
    ALTER TABLE photo ADD COLUMN longitude REAL;
    ALTER TABLE photo ADD COLUMN rating INTEGER;
    ALTER TABLE photo ADD COLUMN motion INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX photo_head_unread ON photo (id) WHERE head_read = 0;
    CREATE INDEX photo_lens ON photo (lens, files) WHERE lens > '';
    CREATE INDEX photo_latitude ON photo (latitude) WHERE latitude IS NOT NULL;
    CREATE TABLE photo_keyword (
      photo INTEGER NOT NULL REFERENCES photo (id),
      keyword TEXT NOT NULL,
      PRIMARY KEY (photo, keyword)
    ) WITHOUT ROWID;
    CREATE INDEX photo_keyword_photos ON photo_keyword (keyword, photo);
  `,
};
