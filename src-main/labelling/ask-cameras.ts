import { join } from "node:path";
import type { JobHandle } from "../jobs/jobs";
import { countToAsk, photosToAsk, storeCameras } from "../library/cameras";
import type { Library } from "../library/database";
import { readHead } from "../library/picture-source";

/** Photos whose heads are read between two breaths. */
const PAGE = 50;

/**
 * Finds the cameras of photos that were looked at before cameras were kept: only their heads are read. A file that can't be read
 * now is asked again at the next opening.
 */
export async function askCameras(library: Library, job: JobHandle): Promise<string> {
  const total = countToAsk(library);
  let [asked, last] = [0, 0];
  for (;;) {
    const page = photosToAsk(library, PAGE, last);
    if (page.length === 0) break;
    const found: Parameters<typeof storeCameras>[1][number][] = [];
    for (const { photo, path, version } of page) {
      const head = await readHead(join(library.folder, path)).catch(() => null);
      if (head) found.push({ photo, version, camera: head.camera });
    }
    storeCameras(library, found);
    last = page.at(-1)!.photo;
    asked += page.length;
    job.progress(asked, total);
    await job.breath();
  }
  return `${asked} ${asked === 1 ? "photo" : "photos"}`;
}
