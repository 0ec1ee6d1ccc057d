import type { Browsed, View } from "../../../src-shared/contract";
import { arrange, type Arranged } from "../../store/browse";
import type { Workbench } from "../../workspace/workbench";
import { similarPhotos } from "./similar-photos";

/** Photos that a view of similar ones shows. */
const SIMILAR = 500;

/** The photos of a view that names photos: those like them, or themselves, in the view's order. */
export async function listedPhotos(bench: Workbench, { similar, photos, ...view }: View): Promise<Browsed> {
  if (similar) {
    const hits = await similarPhotos(bench, similar.like, similar.unlike, SIMILAR);
    return allOf(arrange(bench.library, view, hits));
  }
  const listed = photos ?? [];
  const arranged = arrange(bench.library, view, { photos: listed, scores: new Float32Array(listed.length) });
  return { ...allOf(arranged), scores: null };
}

/** A view in which nothing is searched. */
export const allOf = (arranged: Arranged): Browsed => ({
  ...arranged,
  sure: arranged.photos.length,
  instead: [],
  unknown: [],
  fault: null,
});
