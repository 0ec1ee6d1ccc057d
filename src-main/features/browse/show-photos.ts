import type { LabelCount, PhotoBox, PhotoDetails, PhotoId, PhotoLabel, Tile } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { detectionsOf } from "../../store/detections";
import { labelCards } from "../../store/label-cards";
import { peopleOf } from "../../store/people";
import { photoDetails, tileRows } from "../../store/photos";
import { type CarriedLabel, countLabels, guessesOf, labelsOfPhoto } from "../../store/predictions";
import type { Workbench } from "../../workspace/workbench";

/** Labels that a tile has room for. */
const TILE_LABELS = 3;

export function showTiles({ library, lexicon }: Workbench, photos: PhotoId[]): Tile[] {
  const named = namer(lexicon);
  return tileRows(library, photos).map((row) => ({
    ...row,
    labels: labelsOfPhoto(library, row.photo)
      .filter(({ source }) => source !== "rejected")
      .slice(0, TILE_LABELS)
      .map(named),
  }));
}

/** @throws Refusal `no-photo` */
export function showPhoto(bench: Workbench, photo: PhotoId): PhotoDetails {
  const details = detailsOf(bench, photo);
  if (!details) throw new Refusal("no-photo", `there is no photo ${photo}`);
  return details;
}

export const showPhotos = (bench: Workbench, photos: PhotoId[]): PhotoDetails[] =>
  photos.flatMap((photo) => detailsOf(bench, photo) ?? []);

function detailsOf(bench: Workbench, photo: PhotoId): PhotoDetails | null {
  const { library, lexicon } = bench;
  const row = photoDetails(library, photo);
  if (!row) return null;
  const labels = labelsOfPhoto(library, photo).map(namer(lexicon));
  return {
    ...row,
    labels: labels.filter(({ source }) => source !== "rejected"),
    rejected: labels.filter(({ source }) => source === "rejected"),
    guesses: guessesOf(library, photo).map(namer(lexicon)),
    boxes: boxesOf(bench, photo),
    people: peopleOf(library, photo),
  };
}

/** Boxes from the least score on that their class needs. */
function boxesOf({ library, lexicon, pack }: Workbench, photo: PhotoId): PhotoBox[] | null {
  const found: PhotoBox[] = [];
  let isLookedAt = false;
  for (const { id, classes } of pack.detection?.detectors ?? []) {
    const detections = detectionsOf(library, id, [photo]).get(photo);
    if (!detections) continue;
    isLookedAt = true;
    detections.scores.forEach((score, i) => {
      const { name, wnid, threshold } = classes[detections.classes[i]];
      if (score < threshold) return;
      const label = lexicon.classLabel({ name, wnid: wnid ?? undefined });
      const [left, top, right, bottom] = detections.boxes.subarray(4 * i, 4 * i + 4);
      found.push({ label, ...lexicon.named(label), score, box: [left, top, right, bottom] });
    });
  }
  return isLookedAt ? found.sort((a, b) => b.score - a.score) : null;
}

export function showLabels({ library, lexicon }: Workbench): LabelCount[] {
  const cards = labelCards(library);
  return countLabels(library).map((count) => ({
    ...count,
    ...lexicon.named(count.label),
    colour: cards.get(count.label)?.colour ?? null,
  }));
}

const namer =
  (lexicon: Workbench["lexicon"]) =>
  (carried: CarriedLabel): PhotoLabel => ({ ...carried, ...lexicon.named(carried.label) });
