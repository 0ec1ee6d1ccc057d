import { setImmediate } from "node:timers/promises";
import { gazetteer } from "../places/gazetteer";
import { photosWithoutPlace, storeFoundPlaces } from "../store/places";
import type { OpenLibrary } from "./open-library";

/** Photos between yields: some milliseconds. */
const PHOTOS_PER_STEP = 200;

/** Names the places of photos that have a position, unless their files say where they were taken. */
export async function namePlaces({ store }: OpenLibrary, stop: () => boolean): Promise<number> {
  let named = 0;
  while (!stop()) {
    const photos = photosWithoutPlace(store, PHOTOS_PER_STEP);
    if (photos.length === 0) break;
    const { placeAt } = await gazetteer();
    if (stop()) break;
    storeFoundPlaces(
      store,
      photos.map(({ photo, latitude, longitude }) => ({ photo, place: placeAt(latitude, longitude) })),
    );
    named += photos.length;
    await setImmediate();
  }
  return named;
}
