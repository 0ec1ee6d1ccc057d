import type { PhotoId } from "../../src-shared/contract";
import type { VisualOutput } from "../devise/semantic-embedding";
import type { ConceptBank, DetectedInPhoto } from "../labeller/concept-bank";
import type { Lexicon } from "../labeller/lexicon";
import type { Store } from "../store/database";
import { judgedDetections } from "../store/detections";
import { type Features, featuresOf } from "../store/features";
import { coloursOf } from "../store/image-qualities";
import type { Pack } from "../vision/pack";
import { labelledDetector } from "./labelled-detector";

/** What is needed to read visual outputs. */
interface Sources {
  readonly store: Store;
  readonly pack: Pack;
  readonly lexicon: Lexicon;
  readonly concepts: ConceptBank | null;
}

/** Visual outputs of photos from the cache: features and classes as from `featuresOf`, with concepts. */
export function readVisualOutputs(sources: Sources, photos: Iterable<PhotoId>): Features & VisualOutput {
  const features = featuresOf(sources.store, sources.pack.visualId, photos);
  return { ...features, ...addConcepts(sources, features.photos, features) };
}

/** Adds concepts to visual outputs that are already in memory. @param photos `[n]`, in the order of the rows */
export function addConcepts(sources: Sources, photos: ArrayLike<PhotoId>, output: VisualOutput): VisualOutput {
  if (!sources.concepts || photos.length === 0) return output;
  return { ...output, concepts: sources.concepts.scores(output.features, detectedInPhotos(sources, photos)) };
}

/** `[n]` detections of the pack's detectors that nobody rejected, and colours from image quality. */
export function detectedInPhotos({ store, pack, lexicon }: Sources, photos: ArrayLike<PhotoId>): DetectedInPhoto[] {
  const all = Array.from(photos);
  const of = (kind: "objects" | "faces") => {
    const detector = pack.detection?.detectors.find((each) => each.kind === kind);
    return detector ? judgedDetections(store, labelledDetector(lexicon, detector), all) : new Map<PhotoId, never>();
  };
  const [objects, faces, colours] = [of("objects"), of("faces"), coloursOf(store, all)];
  return all.map((photo) => ({
    objects: objects.get(photo) ?? null,
    faces: faces.get(photo) ?? null,
    colours: colours.get(photo) ?? null,
  }));
}
