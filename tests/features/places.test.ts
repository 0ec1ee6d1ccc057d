import { expect, test } from "vitest";
import { completeQuery } from "../../src-main/features/browse/complete-query";
import { translateQuery } from "../../src-main/features/browse/translate-query";
import { photosWhere } from "../../src-main/store/browse";
import { storeMetadata } from "../../src-main/store/metadata";
import { commonPlace, placeNames, placeOf } from "../../src-main/store/places";
import { namePlaces } from "../../src-main/workspace/name-places";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const NOWHERE = {
  takenAt: null,
  camera: "",
  lens: "",
  location: null,
  place: null,
  rating: null,
  flag: null,
  colour: null,
  keywords: [],
  motion: false,
};

async function travelled() {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 5);
  const versions = photos.map(
    (photo) => store.db.prepare("SELECT lower(hex(hash)) FROM photo WHERE id = ?").pluck().get(photo) as string,
  );
  const put = (i: number, metadata: Partial<Parameters<typeof storeMetadata>[3]>) =>
    storeMetadata(store, photos[i]!, versions[i]!, { ...NOWHERE, ...metadata });
  put(0, { location: { latitude: 48.8584, longitude: 2.2945 } });
  put(1, { location: { latitude: 48.86, longitude: 2.35 } });
  put(2, {
    location: { latitude: 48.86, longitude: 2.35 },
    place: { town: "Springfield", region: "Oregon", country: "US" },
  });
  put(3, { location: { latitude: 40, longitude: -40 } });
  const library = { store } as unknown as OpenLibrary;
  const find = (query: string) =>
    photosWhere(store, {}, translateQuery(library, query, () => ({ is: "all", parts: [] })).condition!).map((id) =>
      photos.indexOf(id),
    );
  return { store, photos, library, put, find, named: await namePlaces(library, () => false) };
}

test("photos are found by the nearest town, its region and country; what a file says wins", async () => {
  const { store, photos, library, put, find, named } = await travelled();
  expect(named).toBe(3);
  expect(placeOf(store, photos[0]!)).toEqual({ town: "Paris", region: "Île-de-France", country: "FR", written: false });
  expect(placeOf(store, photos[2]!)).toMatchObject({ town: "Springfield", written: true });
  expect(placeOf(store, photos[3]!)).toBeNull();
  expect(find("place:paris")).toEqual([0, 1]);
  expect(find("place:springf")).toEqual([2]);
  expect([
    find("country:fr"),
    find("country:FRANCE"),
    find("country:us"),
    find("region:oregon"),
    find("-place:paris"),
  ]).toEqual([[0, 1], [0, 1], [2], [2], [2, 3, 4]]);
  expect(completeQuery(library, "country:", 8).options.map(({ shown, detail }) => [shown, detail])).toEqual([
    ["France", "2 photos"],
    ["United States", "1 photo"],
  ]);
  expect(placeNames(store, "town").map(({ name }) => name)).toEqual(["Paris", "Springfield"]);
  expect(commonPlace(store, photos)).toMatchObject({ town: "Paris" });

  // the file no longer says where it was taken: its position does
  put(2, { location: { latitude: 48.86, longitude: 2.35 } });
  expect(await namePlaces(library, () => false)).toBe(1);
  expect(find("place:paris")).toEqual([0, 1, 2]);
});
