import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import type { PhotoMarks } from "../../src-shared/photo-marks";
import { marksIn } from "../images/xmp";
import type { FileMarks } from "../images/xmp-marks";
import { XMP_NAMESPACES } from "../images/xmp-names";
import type { Store } from "../store/database";
import { rememberSidecar, takeSidecar } from "../store/mark-conflicts";
import { marksOf } from "../store/marks";
import { parseSidecar } from "./xmp-document";

/** Keeps what sidecars and the library say about a photo's marks in step while sidecars are written. */
export interface SidecarMarks {
  /**
   * The marks to write. What another program changed in the sidecar since it was last read is taken over first, so that
   * a newer mark is never overwritten.
   * @param sidecar relative to the folder of sidecars
   * @param text null if there is no sidecar
   */
  before(photo: PhotoId, sidecar: string, text: string | null): Promise<PhotoMarks>;
  /** The sidecar was written. */
  after(photo: PhotoId, sidecar: string): Promise<void>;
}

/** @throws Refusal `not-xmp` */
function marksInSidecar({ folder }: Store, sidecar: string, text: string): FileMarks {
  const document = parseSidecar(join(folder, sidecar), text);
  return marksIn(Array.from(document.getElementsByTagNameNS(XMP_NAMESPACES.rdf, "Description")));
}

/** @param isBeside whether the sidecars lie beside the photos, where they are read again */
export function sidecarMarks(store: Store, { isBeside, dryRun }: { isBeside: boolean; dryRun: boolean }): SidecarMarks {
  const about = async (sidecar: string) => {
    const { size, mtimeMs } = await stat(join(store.folder, sidecar));
    return { path: sidecar, size, mtimeMs };
  };
  return {
    async before(photo, sidecar, text) {
      if (isBeside && !dryRun && text !== null)
        takeSidecar(store, photo, { ...(await about(sidecar)), marks: marksInSidecar(store, sidecar, text) });
      return marksOf(store, [photo]).get(photo)!;
    },
    async after(photo, sidecar) {
      if (isBeside)
        rememberSidecar(store, photo, { ...(await about(sidecar)), marks: marksOf(store, [photo]).get(photo)! });
    },
  };
}
