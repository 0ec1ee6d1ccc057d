import type { LabelCount, PhotoBox, PhotoDetails, PhotoId, PhotoLabel, Tile } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { countryName } from "../../places/countries";
import { asStored } from "../../store/box-verdicts";
import { labelCards } from "../../store/label-cards";
import { peopleOf } from "../../store/people";
import { photoDetails, tileRows, unknownPhoto } from "../../store/photos";
import { countLabels, guessesOf, labelsOfPhoto, type PhotoLabelRow } from "../../store/predictions";
import type { OpenLibrary } from "../../workspace/open-library";
import { boxesOf } from "../../workspace/photo-boxes";

/** Labels that fit on a tile. */
const TILE_LABELS = 3;

export function showTiles({ store, lexicon }: OpenLibrary, photos: PhotoId[]): Tile[] {
  const named = namer(lexicon);
  return tileRows(store, photos).map((row) => ({
    ...row,
    labels: labelsOfPhoto(store, row.photo)
      .filter(({ source }) => source !== "rejected")
      .slice(0, TILE_LABELS)
      .map(named),
  }));
}

/** @throws Refusal `no-photo` */
export function showPhoto(library: OpenLibrary, photo: PhotoId): PhotoDetails {
  const details = detailsOf(library, photo);
  if (!details) throw noPhoto(photo);
  return details;
}

export const showPhotos = (library: OpenLibrary, photos: PhotoId[]): PhotoDetails[] =>
  photos.flatMap((photo) => detailsOf(library, photo) ?? []);

function detailsOf(library: OpenLibrary, photo: PhotoId): PhotoDetails | null {
  const { store, lexicon } = library;
  const row = photoDetails(store, photo);
  if (!row) return null;
  const labels = labelsOfPhoto(store, photo).map(namer(lexicon));
  return {
    ...row,
    place: row.place && { ...row.place, country: row.place.country && countryName(row.place.country) },
    labels: labels.filter(({ source }) => source !== "rejected"),
    rejected: labels.filter(({ source }) => source === "rejected"),
    guesses: guessesOf(store, photo).map(namer(lexicon)),
    people: peopleOf(store, photo),
  };
}

export function showLabels({ store, lexicon }: OpenLibrary): LabelCount[] {
  const cards = labelCards(store);
  return countLabels(store).map((count) => ({
    ...count,
    ...lexicon.named(count.label),
    colour: cards.get(count.label)?.colour ?? null,
  }));
}

/** @throws Refusal `no-photo` */
export function showBoxes(library: OpenLibrary, photo: PhotoId): PhotoBox[] | null {
  if (unknownPhoto(library.store, [photo]) !== undefined) throw noPhoto(photo);
  // A box that is accepted stays the same to the window.
  return boxesOf(library, photo)?.map((found) => ({ ...found, box: asStored(found.box) })) ?? null;
}

const noPhoto = (photo: PhotoId) => new Refusal("no-photo", `There is no photo ${photo}.`);

const namer =
  (lexicon: OpenLibrary["lexicon"]) =>
  (carried: PhotoLabelRow): PhotoLabel => ({ ...carried, ...lexicon.named(carried.label) });
