import type { LabelCount, PhotoBox, PhotoDetails, PhotoId, PhotoLabel, Tile } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { detectionsOf } from "../../store/detections";
import { labelCards } from "../../store/label-cards";
import { peopleOf } from "../../store/people";
import { photoDetails, tileRows } from "../../store/photos";
import { countLabels, guessesOf, labelsOfPhoto, type PhotoLabelRow } from "../../store/predictions";
import type { OpenLibrary } from "../../workspace/open-library";

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
  if (!details) throw new Refusal("no-photo", `There is no photo ${photo}.`);
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
    labels: labels.filter(({ source }) => source !== "rejected"),
    rejected: labels.filter(({ source }) => source === "rejected"),
    guesses: guessesOf(store, photo).map(namer(lexicon)),
    boxes: boxesOf(library, photo),
    people: peopleOf(store, photo),
  };
}

/** Boxes that reach their class's minimum score. */
function boxesOf({ store, lexicon, pack }: OpenLibrary, photo: PhotoId): PhotoBox[] | null {
  const found: PhotoBox[] = [];
  let isLookedAt = false;
  for (const { id, classes } of pack.detection?.detectors ?? []) {
    const detections = detectionsOf(store, id, [photo]).get(photo);
    if (!detections) continue;
    isLookedAt = true;
    detections.scores.forEach((score, i) => {
      const { name, wnid, threshold } = classes[detections.classes[i]!]!;
      if (score < threshold) return;
      const label = lexicon.classLabel({ name, wnid: wnid ?? undefined });
      const side = (at: number) => detections.boxes[4 * i + at]!;
      found.push({ label, ...lexicon.named(label), score, box: [side(0), side(1), side(2), side(3)] });
    });
  }
  return isLookedAt ? found.sort((a, b) => b.score - a.score) : null;
}

export function showLabels({ store, lexicon }: OpenLibrary): LabelCount[] {
  const cards = labelCards(store);
  return countLabels(store).map((count) => ({
    ...count,
    ...lexicon.named(count.label),
    colour: cards.get(count.label)?.colour ?? null,
  }));
}

const namer =
  (lexicon: OpenLibrary["lexicon"]) =>
  (carried: PhotoLabelRow): PhotoLabel => ({ ...carried, ...lexicon.named(carried.label) });
