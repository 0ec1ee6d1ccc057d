import type { BoxRectangle, BrowseResult, LabelId, PhotoId, View } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import { highest } from "../../math/highest";
import { dot, unitRows } from "../../math/vectors";
import { queryView } from "../../store/browse";
import { type Crop, cropKey, cropsOf } from "../../store/crops";
import { photosDetected } from "../../store/detections";
import { featuresOf } from "../../store/features";
import { unknownPhoto } from "../../store/photos";
import { type BoxComparing, comparingSoon, embedCrops } from "../../workspace/crop-features";
import { labelledDetector } from "../../workspace/labelled-detector";
import { nearestPhotos } from "../../workspace/nearest-photos";
import type { OpenLibrary } from "../../workspace/open-library";
import { boxesOf } from "../../workspace/photo-boxes";
import { eventsFor } from "../../workspace/photo-events";
import type { Session } from "../../workspace/session";
import { asBrowseResult, MAX_SIMILAR_PHOTOS } from "./listed-photos";

/** Photos whose boxes are compared: the most similar ones as a whole, and as many in which the same thing was found. */
const CANDIDATES = 500;
/** Boxes compared for one search, at most: a minute or two of work. */
const MAX_COMPARED_BOXES = 1500;

/**
 * The photos with something like what is in a box. Each photo counts by its most similar box, or as a whole. Boxes that
 * were never compared before are, in the background.
 * @throws Refusal `no-photo` if the box's photo doesn't exist or can't be read
 */
export async function browseLikeBox(session: Session, { likeBox, ...view }: View): Promise<BrowseResult> {
  const library = session.library();
  const { hits, places } = await photosLikeBox(library, likeBox!, comparingSoon(session));
  const result = asBrowseResult(queryView(library.store, view, { hits, events: eventsFor(library, view) }));
  return { ...result, boxes: result.photos.map((photo) => places.get(photo) ?? null) };
}

/** A box to search by. Its label, if it has one, helps to find where to look. */
export interface SearchedBox {
  photo: PhotoId;
  box: BoxRectangle;
  label: LabelId | null;
}

/**
 * The same as hits, with the most similar box of each photo that has one.
 * @throws Refusal `no-photo` if the box's photo doesn't exist or can't be read
 */
export async function photosLikeBox(
  library: OpenLibrary,
  likeBox: SearchedBox,
  { visual, compare }: BoxComparing,
): Promise<{ hits: { photos: PhotoId[]; scores: number[] }; places: Map<PhotoId, BoxRectangle> }> {
  const query = await featureOfBox(library, likeBox, visual);
  const candidates = await candidatePhotos(library, likeBox, query);
  const boxes = boxesIn(library, candidates);
  await compare(cropKey(likeBox), boxes, MAX_COMPARED_BOXES);
  return rankPhotos(library, query, candidates, boxes);
}

/** `[D]`, unit length */
async function featureOfBox(
  library: OpenLibrary,
  { photo, box }: SearchedBox,
  visual: BoxComparing["visual"],
): Promise<Float32Array> {
  const { store, pack } = library;
  if (unknownPhoto(store, [photo]) !== undefined) throw new Refusal("no-photo", `There is no photo ${photo}.`);
  await embedCrops(library, [{ photo, box }], visual, { isPrompt: true });
  const found = cropsOf(store, pack.visualId, [{ photo, box }]).get(cropKey({ photo, box }));
  if (!found) throw new Refusal("no-photo", `Photo ${photo} can’t be read, so its boxes can’t be compared.`);
  return unitRows(found.feature, pack.dimensions);
}

async function candidatePhotos(library: OpenLibrary, { photo, label }: SearchedBox, query: Float32Array) {
  const { store, lexicon, pack } = library;
  const similar = await nearestPhotos(library, query, CANDIDATES);
  const detected = (pack.detection?.detectors ?? []).flatMap((detector) => {
    const type = label === null ? undefined : labelledDetector(lexicon, detector).classOf(label);
    return type === undefined ? [] : photosDetected(store, detector.id, type, CANDIDATES);
  });
  return [...new Set([...similar, ...detected])].filter((each) => each !== photo);
}

const boxesIn = (library: OpenLibrary, photos: readonly PhotoId[]): Crop[] =>
  photos.flatMap((photo) => (boxesOf(library, photo) ?? []).map(({ box }) => ({ photo, box })));

function rankPhotos(
  { store, pack }: OpenLibrary,
  query: Float32Array,
  candidates: readonly PhotoId[],
  boxes: readonly Crop[],
) {
  const D = pack.dimensions;
  const scoreOf = new Map<PhotoId, number>();
  const places = new Map<PhotoId, BoxRectangle>();
  const { photos, features } = featuresOf(store, pack.visualId, candidates);
  const rows = unitRows(features, D);
  photos.forEach((photo, i) => scoreOf.set(photo, Math.max(0, dot(rows, i * D, query, 0, D))));
  const known = cropsOf(store, pack.visualId, boxes);
  for (const crop of boxes) {
    const seen = known.get(cropKey(crop));
    const score = seen ? dot(unitRows(seen.feature, D), 0, query, 0, D) : 0;
    if (score <= (scoreOf.get(crop.photo) ?? 0)) continue;
    scoreOf.set(crop.photo, score);
    places.set(crop.photo, [...crop.box]);
  }
  const ranked = [...scoreOf.keys()];
  const scores = Float32Array.from(scoreOf.values());
  const best = highest(scores, MAX_SIMILAR_PHOTOS);
  return { hits: { photos: best.map((i) => ranked[i]!), scores: best.map((i) => scores[i]!) }, places };
}
