import { BOXES_FOR_PROPOSALS } from "../../../src-shared/boxes-for-proposals";
import type { BoxRectangle, BoxTiles, LabelId, PhotoId } from "../../../src-shared/contract";
import { whitenedRows } from "../../devise/feature-space";
import { concat } from "../../math/concat";
import { highest } from "../../math/highest";
import { dot, unitRows } from "../../math/vectors";
import { type Box, boxesOfLabel, isSameBox, judgedBoxes } from "../../store/box-verdicts";
import { type Crop, type CropFeature, cropKey, cropsOf } from "../../store/crops";
import { type BoxComparing, comparingSoon, embedCrops } from "../../workspace/crop-features";
import { labelledDetector } from "../../workspace/labelled-detector";
import { nearestPhotos } from "../../workspace/nearest-photos";
import type { OpenLibrary } from "../../workspace/open-library";
import { boxesOf } from "../../workspace/photo-boxes";
import { rocchioQuery } from "../../workspace/rocchio-query";
import type { Session } from "../../workspace/session";
import { asTiles, type LabelBox, labelBoxes } from "./box-tiles";

/** Proposals listed at most. */
const MAX_PROPOSALS = 1000;
/** Accepted boxes that proposals are compared with, the latest. */
const MAX_EXAMPLES = 200;
/** Photos whose boxes are candidates: those most similar to the examples as a whole, or to their photos. */
const CANDIDATE_PHOTOS = 1000;
/** Boxes whose features are computed for one list of proposals, at most: a minute or two of work. */
const MAX_COMPUTED_BOXES = 1500;

/** The proposals for a label as tiles. */
export async function proposedTiles(session: Session, label: LabelId): Promise<BoxTiles> {
  const library = session.library();
  const shown = await boxProposals(library, label, comparingSoon(session));
  return asTiles(library, label, { shown, all: labelBoxes(library, label) });
}

/**
 * Boxes of any class that look like the accepted boxes of a label and unlike its rejected ones, in photos where nobody
 * has judged them for that label. They are compared by the mean of the examples' whitened features, which finds more
 * than the nearest example or a classifier fitted to few boxes does (docs/evaluation/boxes.md).
 */
export async function boxProposals(
  library: OpenLibrary,
  label: LabelId,
  { visual, compare }: BoxComparing,
): Promise<LabelBox[]> {
  const accepted = boxesOfLabel(library.store, label, "accept").slice(-MAX_EXAMPLES);
  if (accepted.length < BOXES_FOR_PROPOSALS) return [];
  const rejected = boxesOfLabel(library.store, label, "reject").slice(-MAX_EXAMPLES);
  await embedCrops(library, accepted.slice(-BOXES_FOR_PROPOSALS), visual, { isPrompt: true });
  const candidates = await candidatesFor(library, label, accepted);
  const wanted: Crop[] = [...accepted, ...rejected, ...candidates];
  await compare(accepted.map(cropKey).join(), wanted, MAX_COMPUTED_BOXES);
  return rank(library, { accepted, rejected, candidates }).map((proposal): LabelBox => ({
    ...proposal,
    confidence: null,
    doubt: 0,
    verdict: null,
  }));
}

/** A detected box that may show the label. */
interface Candidate {
  photo: PhotoId;
  box: BoxRectangle;
  /** Id of the detector that found it. */
  detector: string;
}

/** Detected boxes that nobody has judged for the label, in photos like those of the examples. */
async function candidatesFor(library: OpenLibrary, label: LabelId, accepted: readonly Box[]): Promise<Candidate[]> {
  const { store, pack, lexicon } = library;
  const D = pack.dimensions;
  const known = [...cropsOf(store, pack.visualId, accepted).values()];
  const query =
    known.length > 0
      ? rocchioQuery(
          concat(
            known.map(({ feature }) => feature),
            Float32Array,
          ),
          new Float32Array(0),
          D,
        )
      : null;
  const photos = query ? await nearestPhotos(library, query, CANDIDATE_PHOTOS) : [];
  const detectors = pack.detection?.detectors ?? [];
  const isOwnClass = (id: string) => {
    const detector = detectors.find((each) => each.id === id);
    return detector !== undefined && labelledDetector(lexicon, detector).classOf(label) !== undefined;
  };
  return photos.flatMap((photo) => {
    const { accepted, rejected } = judgedBoxes(store, photo);
    const judged = [...accepted, ...rejected];
    return (boxesOf(library, photo) ?? [])
      .filter(({ origin, box, detector }) => {
        if (origin !== "detector" || isOwnClass(detector)) return false;
        return !judged.some((one) => isSameBox(one, { label, box }));
      })
      .map(({ box, detector }) => ({ photo, box, detector }));
  });
}

function rank(
  { store, pack, space }: OpenLibrary,
  { accepted, rejected, candidates }: { accepted: Crop[]; rejected: Crop[]; candidates: Candidate[] },
): Candidate[] {
  const W = space.width;
  const rowsOf = (crops: readonly Crop[]) => {
    const known = cropsOf(store, pack.visualId, crops);
    const seen = crops.filter((crop) => known.has(cropKey(crop)));
    return { seen, rows: whitened(seen.map((crop) => known.get(cropKey(crop))!)) };
  };
  const whitened = (seen: CropFeature[]): Float32Array =>
    seen.length === 0
      ? new Float32Array(0)
      : unitRows(
          whitenedRows(space, {
            features: concat(
              seen.map(({ feature }) => feature),
              Float32Array,
            ),
            classes: Uint16Array.from(seen.flatMap(({ classes }) => [...classes])),
            probabilities: concat(
              seen.map(({ probabilities }) => probabilities),
              Float32Array,
            ),
          }),
          W,
        );
  const examples = rowsOf(accepted).rows;
  if (examples.length === 0) return []; // they are being computed
  const query = rocchioQuery(examples, rowsOf(rejected).rows, W);
  const { seen, rows } = rowsOf(candidates);
  /** A cosine: no probability, so it isn't shown. */
  const likeness = Float32Array.from(seen, (_, i) => Math.max(0, dot(rows, i * W, query, 0, W)));
  return highest(likeness, MAX_PROPOSALS).map((i) => seen[i] as Candidate);
}
