import type { PhotoId } from "../../src-shared/contract";
import type { Seen } from "../devise/places";
import type { ConceptBank, FoundInPhoto } from "../labeller/concept-bank";
import type { Library } from "../store/database";
import { detectionsOf } from "../store/detections";
import { type Features, featuresOf } from "../store/features";
import { coloursOf } from "../store/glances";
import type { Pack } from "../vision/pack";

/** What a photo is labelled by. */
interface Sources {
  readonly library: Library;
  readonly pack: Pack;
  readonly concepts: ConceptBank | null;
}

/** Features and classes of these photos as `featuresOf` gives them, with the concepts that were looked for in them. */
export function seenPhotos(sources: Sources, photos: Iterable<PhotoId>): Features & Seen {
  const features = featuresOf(sources.library, sources.pack.visualId, photos);
  return { ...features, ...withConcepts(sources, features.photos, features) };
}

/** The same of photos whose features are at hand. @param photos `[n]` in the order of the rows */
export function withConcepts(sources: Sources, photos: ArrayLike<PhotoId>, seen: Seen): Seen {
  if (!sources.concepts || photos.length === 0) return seen;
  return { ...seen, concepts: sources.concepts.scores(seen.features, foundInPhotos(sources, photos)) };
}

/** `[n]` what the pack's detectors found in photos, and the colours of their glances. */
export function foundInPhotos(
  { library, pack }: Pick<Sources, "library" | "pack">,
  photos: ArrayLike<PhotoId>,
): FoundInPhoto[] {
  const all = Array.from(photos);
  const of = (kind: "objects" | "faces") => {
    const detector = pack.detection?.detectors.find((each) => each.kind === kind);
    return detector ? detectionsOf(library, detector.id, all) : new Map<PhotoId, never>();
  };
  const [objects, faces, colours] = [of("objects"), of("faces"), coloursOf(library, all)];
  return all.map((photo) => ({
    objects: objects.get(photo) ?? null,
    faces: faces.get(photo) ?? null,
    colours: colours.get(photo) ?? null,
  }));
}
