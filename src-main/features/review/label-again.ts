import type { PhotoId } from "../../../src-shared/contract";
import { labelDetected } from "../../workspace/detect-objects";
import { rankAll } from "../../workspace/label-folder";
import type { OpenLibrary } from "../../workspace/open-library";
import type { Session } from "../../workspace/session";

/** Photos that are labelled again before a call is answered (about 50 ms). */
const MAX_AT_ONCE = 128;

/**
 * Labels photos again whose boxes have changed: a few at once, more of them in the background. The store knows which
 * ones wait, so what a closed library leaves undone is done when it is opened next.
 */
export async function labelAgain(
  { start, labelled }: Session,
  library: OpenLibrary,
  photos: readonly PhotoId[],
): Promise<void> {
  if (photos.length <= MAX_AT_ONCE) await labelDetected(library, photos);
  else start("rank", null, (current, job) => rankAll(current, job, { changed: labelled }));
}
