import type { Workbench } from "../../src-main/labelling/workbench";
import { decode } from "../../src-main/library/decode";
import { detectorsToRun, photosToDetect, storeDetections } from "../../src-main/library/detections";
import { loadDetector } from "../../src-main/vision/detector";

/** Lets a pack's detectors look at every photo that they have not seen. */
export async function detectPhotos({ library, pack }: Workbench): Promise<void> {
  const { detection } = pack;
  if (!detection) return;
  const ids = detection.detectors.map(({ id }) => id);
  const waiting = photosToDetect(library, pack.visualId, ids, 100_000);
  if (waiting.length === 0) return;
  const loaded = await Promise.all(detection.detectors.map(async (detector) => ({ id: detector.id, network: await loadDetector(pack, detector) })));
  for (const { photo, path, version } of waiting) {
    const { detectorPixels } = await decode(path, null, detection);
    const wanted = new Set(detectorsToRun(library, photo, ids));
    for (const { id, network } of loaded) {
      if (wanted.has(id)) storeDetections(library, id, [{ photo, version, detections: await network.detect(detectorPixels!) }]);
    }
  }
  await Promise.all(loaded.map(({ network }) => network.dispose()));
}
