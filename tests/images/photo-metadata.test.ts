import sharp from "sharp";
import { expect, test } from "vitest";
import { metadataOf, type PhotoMetadata } from "../../src-main/images/photo-metadata";
import { photosWhere } from "../../src-main/store/browse";
import {
  keywordsOf,
  keywordsOfPhoto,
  lensesOf,
  photosWithoutMetadata,
  storeMetadata,
} from "../../src-main/store/metadata";
import type { Condition } from "../../src-main/store/query-condition";
import { readCircle } from "../../src-shared/query/fields";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

const NOTHING: PhotoMetadata = {
  takenAt: null,
  camera: "",
  lens: "",
  location: null,
  place: null,
  flag: null,
  rating: null,
  colour: null,
  keywords: [],
  motion: false,
};
/**
 * Great-circle distances from the Eiffel Tower, worked out by hand: Louvre 3.16 km, Versailles 14 km, Fiji 16,000 km.
 */
const PLACES = [
  [48.8606, 2.3376],
  [48.8049, 2.1204],
  [-16.8, 179.99],
  [-16.8, -179.99],
];

test("location, lens, rating and an embedded film are read from Exif and XMP", async () => {
  const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123456" } })
    .withExif({
      IFD2: { LensModel: "50.0 mm f/1.8 " },
      IFD3: {
        GPSLatitudeRef: "S",
        GPSLatitude: "33/1 51/1 3600/100",
        GPSLongitudeRef: "E",
        GPSLongitude: "151/1 12/1 0/1",
      },
    })
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
      xmlns:xmp="http://ns.adobe.com/xap/1.0/" GCamera:MotionPhoto="1"><xmp:Rating>3</xmp:Rating></rdf:Description></rdf:RDF></x:xmpmeta>`,
    )
    .jpeg()
    .toBuffer();
  const { location, ...photoMetadata } = metadataOf(await sharp(jpeg).metadata());
  expect(photoMetadata).toEqual({ ...NOTHING, location: undefined, lens: "50.0 mm f/1.8", rating: 3, motion: true });
  expect(location!.latitude).toBeCloseTo(-33.86, 6);
  expect(location!.longitude).toBeCloseTo(151.2, 6);
  expect(
    metadataOf({ exif: Buffer.from("Exif\0\0no block"), xmp: Buffer.from("<x"), iptc: Buffer.from("8BIM") }),
  ).toEqual(NOTHING);
});

test("photos are found by location, lens, keyword and rating", () => {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 6);
  store.db.exec("UPDATE photo SET width = 10");
  expect(photosWithoutMetadata(store, 10)).toHaveLength(6);
  const version = (photo: number) =>
    store.db.prepare("SELECT lower(hex(hash)) FROM photo WHERE id = ?").pluck().get(photo) as string;
  PLACES.forEach(([latitude, longitude], i) =>
    storeMetadata(store, photos[i], version(photos[i]), { ...NOTHING, location: { latitude, longitude } }),
  );
  storeMetadata(store, photos[4], version(photos[4]), {
    ...NOTHING,
    lens: "Nikkor 50mm",
    rating: 4,
    keywords: [["animals", "crane"], ["a|b"]],
    motion: true,
  });
  // its content has changed since
  expect(storeMetadata(store, photos[5], "00", { ...NOTHING, rating: 5 })).toBe(false);
  const found = (condition: Condition) =>
    photosWhere(store, {}, condition)
      .sort((a, b) => a - b)
      .map((photo) => photos.indexOf(photo));
  const near = (text: string) => found({ is: "located", within: readCircle(text)! });
  expect(near("48.8584,2.2945,3.1km")).toEqual([]);
  expect(near("48.8584,2.2945,3.2km")).toEqual([0]);
  expect(near("48.8584,2.2945,15km")).toEqual([0, 1]);
  expect(near("-16.8,180,2km")).toEqual([2, 3]); // on both sides of the date line
  expect(found({ is: "located", within: null })).toEqual([0, 1, 2, 3]);
  expect(found({ is: "not", part: { is: "located", within: null } })).toEqual([4, 5]);
  expect(found({ is: "text", column: "lens", among: lensesOf(store).map(({ lens }) => lens) })).toEqual([4]);
  expect(keywordsOfPhoto(store, photos[4])).toEqual([["animals", "crane"], ["a|b"]]);
  expect(
    found({
      is: "keyword",
      among: keywordsOf(store)
        .filter(({ steps }) => steps.includes("crane"))
        .map(({ stored }) => stored),
    }),
  ).toEqual([4]);
  expect(
    found({ is: "number", column: "rating", within: { least: 3, minOpen: true, most: null, maxOpen: false } }),
  ).toEqual([4]);
  expect(
    found({ is: "number", column: "rating", within: { least: null, minOpen: false, most: 0, maxOpen: false } }),
  ).toEqual([0, 1, 2, 3, 5]);
  expect(found({ is: "state", state: "live" })).toEqual([4]);
});

test("the query takes a location with a distance, and nothing else", () => {
  expect(readCircle("48.85,2.35,10km")).toEqual({ latitude: 48.85, longitude: 2.35, kilometres: 10 });
  expect(readCircle("-33.5, -70.25, 500m")).toEqual({ latitude: -33.5, longitude: -70.25, kilometres: 0.5 });
  expect(readCircle("48.85,2.35")).toEqual({ latitude: 48.85, longitude: 2.35, kilometres: 1 });
  for (const text of ["", "paris", "91,0", "0,181", "48.85", "1,2,0km", "1,2,3miles"])
    expect(readCircle(text)).toBeNull();
});
