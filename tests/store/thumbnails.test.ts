import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { decode } from "../../src-main/images/decode";
import type { Library } from "../../src-main/store/database";
import { countToEmbed, photoDetails, photosToEmbed, storeDecoded, tileRows } from "../../src-main/store/photos";
import { picture, trimThumbnails } from "../../src-main/store/thumbnails";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

async function decoded(names: string[]): Promise<Library> {
  const library = emptyLibrary();
  for (const [i, name] of names.entries()) await paint(join(library.folder, name), i, 1200, 800);
  for await (const _ of scan(library));
  for (const { photo, path, version } of photosToEmbed(library, "v", 100))
    storeDecoded(library, [{ photo, version, ...(await decode(path, null)) }]);
  return library;
}

test("a decoded photo has its size, its format and a stored thumbnail", async () => {
  const library = await decoded(["sub/a.jpg"]);
  expect(photoDetails(library, 1)).toMatchObject({
    width: 1200,
    height: 800,
    format: "jpeg",
    takenAt: null,
    error: null,
    paths: ["sub/a.jpg"],
  });
  expect(tileRows(library, [1, 99])).toMatchObject([{ photo: 1, name: "a.jpg", width: 1200, error: null }]);
  expect(countToEmbed(library, "v")).toBe(1);
  rmSync(join(library.folder, "sub/a.jpg")); // the thumbnail needs no original
  expect(await sharp(await picture(library, 1, "thumbnail")).metadata()).toMatchObject({
    format: "jpeg",
    width: 512,
    height: 341,
  });
});

test("thumbnails beyond the limit are dropped, longest unused first, and made again when needed", async () => {
  const library = await decoded(["a.jpg", "b.jpg", "c.jpg"]);
  library.db.exec("UPDATE cache.thumbnail SET used_at = photo, size = 1048576");
  await picture(library, 1, "thumbnail"); // used again
  expect(trimThumbnails(library, 2)).toBe(1);
  const left = () => library.db.prepare("SELECT photo FROM cache.thumbnail ORDER BY photo").pluck().all();
  expect(left()).toEqual([1, 3]);
  expect(trimThumbnails(library, 2)).toBe(0);
  expect((await sharp(await picture(library, 2, "thumbnail")).metadata()).width).toBe(512);
  expect(left()).toEqual([1, 2, 3]);
});

test("a view is made from the original, never larger than it, and a new one after an edit", async () => {
  const library = await decoded(["a.jpg"]);
  const before = await picture(library, 1, "view");
  expect(await sharp(before).metadata()).toMatchObject({ width: 1200, height: 800 });
  expect(await picture(library, 1, "view")).toBe(before);
  await paint(join(library.folder, "a.jpg"), 7, 3000, 1000);
  for await (const _ of scan(library));
  expect(await sharp(await picture(library, 1, "view")).metadata()).toMatchObject({ width: 2048, height: 683 });
  expect(await sharp(await picture(library, 1, "thumbnail")).metadata()).toMatchObject({ width: 512, height: 171 });
});

test("a picture that can't be made is refused with its reason", async () => {
  const library = await decoded(["a.jpg"]);
  await expect(picture(library, 9, "thumbnail")).rejects.toMatchObject({ code: "no-photo" });
  rmSync(join(library.folder, "a.jpg"));
  for await (const _ of scan(library));
  await expect(picture(library, 1, "view")).rejects.toMatchObject({ code: "missing" });
});
