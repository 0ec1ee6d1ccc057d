import type { MarkConflictId, MarkSide, PhotoId } from "../../../src-shared/contract";
import type { PhotoMarks } from "../../../src-shared/photo-marks";
import { Refusal } from "../../../src-shared/refusal";
import { useConflictSide } from "../../store/mark-conflicts";
import { markPhotos } from "../../store/marks";
import { unknownPhoto } from "../../store/photos";
import type { Session } from "../../workspace/session";

/** Gives photos a flag, rating or colour label, as one undo step. @throws Refusal `no-photo` */
export function mark(
  { library, changed, emitInfoSoon }: Session,
  { photos, marks }: { photos: PhotoId[]; marks: Partial<PhotoMarks> },
): { photos: number } {
  const { store } = library();
  const unknown = unknownPhoto(store, photos);
  if (unknown !== undefined) throw new Refusal("no-photo", `There is no photo ${unknown}.`);
  const count = markPhotos(store, photos, marks);
  changed(photos);
  emitInfoSoon();
  return { photos: count };
}

/** Uses what Semblance or the other program set, as one undo step. @throws Refusal `no-conflict` */
export function useSide(
  { library, changed, emitInfoSoon }: Session,
  { conflicts, side }: { conflicts: MarkConflictId[]; side: MarkSide },
): { photos: number } {
  const { store } = library();
  const { count, photos } = useConflictSide(store, conflicts, side);
  changed(photos);
  emitInfoSoon();
  return { photos: count };
}
