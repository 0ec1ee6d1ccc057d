import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { decode } from "../../src-main/images/decode";
import { closeStore, type Store } from "../../src-main/store/database";
import { countToEmbed, photosToEmbed, storeDecoded } from "../../src-main/store/decoded-photos";
import { photoDetails, tileRows } from "../../src-main/store/photos";
import { picture, trimThumbnails } from "../../src-main/store/thumbnails";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

async function decoded(names: string[]): Promise<Store> {
  const store = emptyLibrary();
  for (const [i, name] of names.entries()) await paint(join(store.folder, name), i, 1200, 800);
  for await (const _ of scan(store));
  for (const { photo, path, version } of photosToEmbed(store, "v", 100))
    storeDecoded(store, [{ photo, version, ...(await decode(path, null)) }]);
  return store;
}

test("a decoded photo has its size, its format and a stored thumbnail", async () => {
  const store = await decoded(["sub/a.jpg"]);
  expect(photoDetails(store, 1)).toMatchObject({
    width: 1200,
    height: 800,
    format: "jpeg",
    takenAt: null,
    error: null,
    paths: ["sub/a.jpg"],
  });
  expect(tileRows(store, [1, 99])).toMatchObject([{ photo: 1, name: "a.jpg", width: 1200, error: null }]);
  expect(countToEmbed(store, "v")).toBe(1);
  rmSync(join(store.folder, "sub/a.jpg")); // the thumbnail doesn't need the original
  expect(await sharp(await picture(store, 1, "thumbnail")).metadata()).toMatchObject({
    format: "jpeg",
    width: 512,
    height: 341,
  });
});

test("thumbnails over the limit are deleted, least recently used first, and made again when needed", async () => {
  const store = await decoded(["a.jpg", "b.jpg", "c.jpg"]);
  store.db.exec("UPDATE cache.thumbnail SET used_at = photo, size = 1048576");
  await picture(store, 1, "thumbnail"); // used again
  expect(trimThumbnails(store, 2)).toBe(1);
  const left = () => store.db.prepare("SELECT photo FROM cache.thumbnail ORDER BY photo").pluck().all();
  expect(left()).toEqual([1, 3]);
  expect(trimThumbnails(store, 2)).toBe(0);
  expect((await sharp(await picture(store, 2, "thumbnail")).metadata()).width).toBe(512);
  expect(left()).toEqual([1, 2, 3]);
});

test("a preview is made from the original, never larger than it, and made again after an edit", async () => {
  const store = await decoded(["a.jpg"]);
  const before = await picture(store, 1, "view");
  expect(await sharp(before).metadata()).toMatchObject({ width: 1200, height: 800 });
  expect(await picture(store, 1, "view")).toBe(before);
  await paint(join(store.folder, "a.jpg"), 7, 3000, 1000);
  for await (const _ of scan(store));
  expect(await sharp(await picture(store, 1, "view")).metadata()).toMatchObject({ width: 2048, height: 683 });
  expect(await sharp(await picture(store, 1, "thumbnail")).metadata()).toMatchObject({ width: 512, height: 171 });
});

test("a picture that can't be made is refused with the reason", async () => {
  const store = await decoded(["a.jpg"]);
  await expect(picture(store, 9, "thumbnail")).rejects.toMatchObject({ code: "no-photo" });
  rmSync(join(store.folder, "a.jpg"));
  for await (const _ of scan(store));
  await expect(picture(store, 1, "view")).rejects.toMatchObject({ code: "missing" });
});

test("closing the library drops its previews, and one that is being made then is not kept", async () => {
  const store = await decoded(["a.jpg", "b.jpg"]);
  await picture(store, 1, "view");
  expect(store.previews.size).toBe(1);
  const late = picture(store, 2, "view");
  closeStore(store);
  expect((await late).length).toBeGreaterThan(0);
  expect(store.previews.size).toBe(0);
});
