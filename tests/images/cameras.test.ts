import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder, waves } from "../fixtures/photo-folder";

test("a photo is found by its camera, even if it was decoded before cameras were stored", async () => {
  const folder = temporaryFolder();
  for (const [name, Model] of [
    ["a.jpg", "NIKON D750"],
    ["b.jpg", "Canon EOS 5D"],
  ]) {
    await sharp(waves(name.charCodeAt(0), 96, 64), { raw: { width: 96, height: 64, channels: 3 } })
      .withExif({ IFD0: { Make: Model.split(" ")[0], Model } })
      .jpeg()
      .toFile(join(folder, name));
  }
  const home = temporaryFolder();
  const engine = await openEngine(home);
  const found = async (words: string) => {
    const { photos, fault } = await engine.api.browse({ words, sort: "name", descending: false, group: "none" });
    expect(fault).toBeNull();
    return Promise.all(photos.map(async (photo) => (await engine.api.photo({ photo })).paths[0]));
  };
  await engine.api.openLibrary({ folder });
  await engine.idle();
  expect(await found("camera:nikon")).toEqual(["a.jpg"]);
  expect((await engine.api.completeQuery({ text: "camera:", caret: 7 })).options.map(({ shown }) => shown)).toEqual([
    "Canon EOS 5D",
    "NIKON D750",
  ]);
  expect(engine.of("job").some(({ kind }) => kind === "exif")).toBe(false);

  await engine.api.closeLibrary();
  const { openStore, closeStore } = await import("../../src-main/store/database");
  const store = openStore({ home, folder });
  store.db.exec("UPDATE photo SET camera = NULL, head_read = 0");
  closeStore(store);
  await engine.api.openLibrary({ folder });
  await engine.until("job", ({ kind, state }) => kind === "exif" && state === "done");
  expect(await found("camera:canon")).toEqual(["b.jpg"]);
});

test("searches are saved and survive a restart, and no two have the same name", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const engine = await openEngine(home);
  await engine.api.openLibrary({ folder });
  const set = {
    name: "Dogs of May",
    query: "label:dog taken:2024-05",
    sort: "taken",
    descending: true,
    group: "date",
  } as const;
  const saved = await engine.api.saveSearch(set);
  await expect(engine.api.saveSearch({ ...set, name: "dogs of may" })).rejects.toMatchObject({ code: "set-exists" });
  expect(await engine.api.renameSearch({ set: saved.set, name: "Dogs" })).toEqual({ ...saved, name: "Dogs" });
  await engine.api.closeLibrary();
  await engine.api.openLibrary({ folder });
  expect(await engine.api.savedSearches()).toEqual([{ ...saved, name: "Dogs" }]);
  expect(await engine.api.countPhotos({ query: saved.query })).toEqual({ photos: 0 });
  expect(await engine.api.countPhotos({ query: "taken:soon" })).toEqual({ photos: null });
  const { set: id, ...gone } = await engine.api.deleteSearch({ set: saved.set });
  await expect(engine.api.deleteSearch({ set: id })).rejects.toMatchObject({ code: "no-set" });
  expect((await engine.api.saveSearch(gone)).name).toBe("Dogs");
});
