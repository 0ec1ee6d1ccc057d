import { join } from "node:path";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { readMetadata } from "../images/decode-client";
import type { Store } from "../store/database";
import { countWithoutMetadata, photosWithoutMetadata, storeMetadata } from "../store/metadata";

/** Photos whose metadata is read between yields. */
const PHOTOS_PER_PAGE = 50;

/**
 * Reads metadata (time, camera, lens, location, rating, keywords) of photos that were added before Semblance stored all
 * of it. Doesn't decode their pixels. A file that can't be read is tried again when the library is next opened.
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
