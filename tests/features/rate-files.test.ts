import { join } from "node:path";
import { expect, test } from "vitest";
import { photosInFiles, ratePhotos } from "../../src-main/features/review/rate-files";
import { pathsOf } from "../../src-main/store/photos";
import { undo } from "../../src-main/store/undo";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

test("files named by their path, or as seen from the library, are rated as one undo step", () => {
  const store = emptyLibrary();
  const library = { store } as OpenLibrary;
  const [a, b] = addMockPhotos(store, 2) as [number, number];
  const [first, second] = [pathsOf(store, a)[0]!, pathsOf(store, b)[0]!];
  const photos = photosInFiles(library, [join(store.folder, first), second, second]);
  expect(ratePhotos(library, photos, { rating: 3, flag: "pick" })).toEqual({
    photos: 2,
    changed: 2,
    action: "Mark 2 photos",
    files: [
      { path: first, flag: "pick", rating: 3, colour: "" },
      { path: second, flag: "pick", rating: 3, colour: "" },
    ],
  });
  expect(ratePhotos(library, photos, { rating: 3 })).toMatchObject({ changed: 0, action: null });
  expect(undo(store)).toBe("Mark 2 photos");
  expect(() => photosInFiles(library, [second, "none.jpg"])).toThrow("none.jpg is not a photo of the library");
});
