import type { PhotoId } from "../../src-preload/contract";
import type { Detections } from "../detections";
import { inTransaction } from "../library/database";
import { detectorsToRun, type PhotoDetections, storeDetections } from "../library/detections";
import { featuresOf } from "../library/features";
import { settingsOf } from "../library/settings";
import type { Detector } from "../vision/detector";
import type { PackDetector } from "../vision/pack-detectors";
import type { DecodedForDetectors } from "./kept-pixels";
import { labelPhotos, type Workbench } from "./workbench";

/** The pack's detectors that are switched on. */
export function detectorsWanted({ library, pack }: Workbench): PackDetector[] {
  const settings = settingsOf(library);
  return pack.detection?.detectors.filter(({ kind }) => settings[kind]) ?? [];
}

/** The ids of these. */
export const idsOf = (detectors: readonly PackDetector[]): string[] => detectors.map(({ id }) => id);

/**
 * Has the detectors that are switched on look at photos, those of them that did not yet, stores what they find, and labels the photos
 * again with it.
 * @returns photos that were labelled again, without those that changed meanwhile
 * @throws Refusal of the detectors
 */
export async function findObjects(
  bench: Workbench, detectorOf: (detector: PackDetector) => Promise<Detector>, photos: DecodedForDetectors[],
): Promise<PhotoId[]> {
  const { library, pack } = bench;
  const wanted = detectorsWanted(bench);
  const looks = photos.flatMap((decoded) => {
    const missing = detectorsToRun(library, decoded.photo, idsOf(wanted));
    return wanted.filter(({ id }) => missing.includes(id)).map(async (detector) => (
      { detector, decoded, detections: await (await detectorOf(detector)).detect(decoded.pixels) }));
  });
  const found = await Promise.all(looks);
  const stored = inTransaction(library, () => wanted.flatMap(({ id }) => storeDetections(library, id, rowsOf(found, id))));
  if (stored.length === 0) return [];
  await bench.labeller.prepare(); // another one after a retraining
  const { photos: labelled, ...seen } = featuresOf(library, pack.visualId, stored);
  labelPhotos(bench, [...labelled], seen);
  return [...labelled];
}

const rowsOf = (found: { detector: PackDetector; decoded: DecodedForDetectors; detections: Detections }[], id: string): PhotoDetections[] => found
  .filter(({ detector }) => detector.id === id)
  .map(({ decoded: { photo, version }, detections }) => ({ photo, version, detections }));
