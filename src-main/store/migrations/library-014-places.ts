import type { Migration } from "../migration";

/**
 * Where photos were taken, in words. What programs wrote into a file is read again for every photo, without decoding
 * its pixels; the rest is found by the photo's position.
 */
export const places: Migration = {
  name: "places",
  sql: `
    CREATE TABLE place (
      photo INTEGER PRIMARY KEY REFERENCES photo (id),
      town TEXT,
      region TEXT,
      country TEXT, -- ISO 3166-1 alpha-2, or what a program wrote
      written INTEGER NOT NULL -- 1 if a program wrote it into the file
    );
    CREATE INDEX place_names ON place (country, region, town);
    UPDATE photo SET head_read = 0;
  `,
};
