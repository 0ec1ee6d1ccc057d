import type { PhotoEvent, PhotoId, View } from "../../src-shared/contract";
import { eventStarts } from "../curate/photo-events";
import type { PhotoGroups } from "../store/browse";
import { datedPhotos, eventMarks } from "../store/event-marks";
import { labelCards } from "../store/label-cards";
import type { OpenLibrary } from "./open-library";

/** An event with all its present photos, by time. */
export interface LibraryEvent extends Omit<PhotoEvent, "photos" | "place"> {
  photos: PhotoId[];
}

/** The events of the present photos, by time. Every photo is in one. */
export function libraryEvents({ store, lexicon }: OpenLibrary): LibraryEvent[] {
  const photos = datedPhotos(store);
  const marks = eventMarks(store);
  const starts = eventStarts(
    photos.map(({ photo, dated, latitude, longitude }) => ({
      at: Date.parse(`${dated}Z`),
      location: latitude === null || longitude === null ? null : { latitude, longitude },
      decided: marks.get(photo)?.decided ?? null,
    })),
  );
  const cards = labelCards(store);
  return starts.map((start, i) => {
    const members = photos.slice(start, starts[i + 1]);
    const first = members[0]!;
    // The name may be on a photo that was the first until earlier ones came in.
    const named = members.flatMap(({ photo }) => marks.get(photo)?.label ?? [])[0];
    const label = named !== undefined && !cards.get(named)?.hidden ? named : null;
    return {
      first: first.photo,
      from: first.dated.slice(0, 10),
      to: members.at(-1)!.dated.slice(0, 10),
      label,
      name: label === null ? null : lexicon.named(label).name,
      photos: members.map(({ photo }) => photo),
    };
  });
}

/** The events, if a view is grouped by them. */
export const eventsFor = (library: OpenLibrary, { group }: Pick<View, "group">): PhotoGroups | undefined =>
  group === "event" ? eventGroups(library) : undefined;

/** The events as groups of a view: titled by their names, else by their days ("2024-05-03/2024-05-07"). */
function eventGroups(library: OpenLibrary): PhotoGroups {
  const events = libraryEvents(library);
  const indices = new Map(events.flatMap(({ photos }, index) => photos.map((photo) => [photo, index] as const)));
  return {
    indexOf: (photo) => indices.get(photo) ?? 0,
    group: (index) => {
      const { first, from, to, name } = events[index]!;
      return { title: name ?? (from === to ? from : `${from}/${to}`), event: first };
    },
  };
}
