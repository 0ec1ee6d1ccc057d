import { join } from "node:path";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { readMetadata } from "../images/decode-client";
import type { Store } from "../store/database";
import { countWithoutMetadata, photosWithoutMetadata, storeMetadata } from "../store/metadata";

/** Photos whose heads are read between two breaths. */
const PHOTOS_PER_PAGE = 50;

/**
 * Reads what photos say of themselves (time, camera, lens, place, rating, keywords) where they were looked at before
 * all of that was
 * kept: their pictures are not decoded. A file that can't be read now is asked again at the next opening.
 */
export async function extractMetadata(store: Store, job: JobHandle): Promise<string> {
  const total = countWithoutMetadata(store);
  let [asked, last] = [0, 0];
  for (;;) {
    const page = photosWithoutMetadata(store, PHOTOS_PER_PAGE, last);
    if (page.length === 0) break;
    for (const { photo, path, version } of page) {
      const photoMetadata = await readMetadata(join(store.folder, path)).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return null;
      });
      if (photoMetadata) storeMetadata(store, photo, version, photoMetadata);
    }
    last = page.at(-1)!.photo;
    asked += page.length;
    job.progress(asked, total);
    await job.yield();
  }
  return formatCount(asked, "photo");
}
