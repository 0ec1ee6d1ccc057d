import { join } from "node:path";
import { counted } from "../../src-shared/counted";
import { Refusal } from "../../src-shared/refusal";
import type { JobHandle } from "../base/jobs";
import { readHead } from "../images/contained-decode";
import type { Library } from "../store/database";
import { countUnreadHeads, storeHead, unreadHeads } from "../store/heads";

/** Photos whose heads are read between two breaths. */
const PAGE = 50;

/**
 * Reads what photos say of themselves (time, camera, lens, place, rating, keywords) where they were looked at before
 * all of that was
 * kept: their pictures are not decoded. A file that can't be read now is asked again at the next opening.
 */
export async function readHeads(library: Library, job: JobHandle): Promise<string> {
  const total = countUnreadHeads(library);
  let [asked, last] = [0, 0];
  for (;;) {
    const page = unreadHeads(library, PAGE, last);
    if (page.length === 0) break;
    for (const { photo, path, version } of page) {
      const head = await readHead(join(library.folder, path)).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return null;
      });
      if (head) storeHead(library, photo, version, head);
    }
    last = page.at(-1)!.photo;
    asked += page.length;
    job.progress(asked, total);
    await job.breath();
  }
  return counted(asked, "photo");
}
