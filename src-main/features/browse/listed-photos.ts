import type { BrowseResult, View } from "../../../src-shared/contract";
import { queryView, type ViewPhotos } from "../../store/browse";
import type { OpenLibrary } from "../../workspace/open-library";
import { eventsFor } from "../../workspace/photo-events";
import { similarPhotos } from "./similar-photos";

/** Photos shown in a similarity search. */
export const MAX_SIMILAR_PHOTOS = 500;

/** The photos of a view that lists photos: the listed ones, or those similar to them, in the view's order. */
export async function browseListed(library: OpenLibrary, { similar, photos, ...view }: View): Promise<BrowseResult> {
  if (similar) {
    const hits = await similarPhotos(library, similar.like, similar.unlike, MAX_SIMILAR_PHOTOS);
    return asBrowseResult(queryView(library.store, view, { hits, events: eventsFor(library, view) }));
  }
  const listed = photos ?? [];
  const arranged = queryView(library.store, view, {
    hits: { photos: listed, scores: new Float32Array(listed.length) },
    events: eventsFor(library, view),
  });
  return { ...asBrowseResult(arranged), scores: null };
}

/** The result for a view without search words. */
export const asBrowseResult = (arranged: ViewPhotos): BrowseResult => ({
  ...arranged,
  confident: arranged.photos.length,
  alternatives: [],
  unknown: [],
  fault: null,
});
