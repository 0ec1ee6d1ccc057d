import type { PhotoId } from "../../src-shared/contract";
import type { Detections } from "../base/detections";
import { inTransaction } from "../store/database";
import { detectorsToRun, type PhotoDetections, storeDetections } from "../store/detections";
import { featuresOf } from "../store/features";
import { countPeople, type PeopleRule } from "../store/people";
import { settingsOf } from "../store/settings";
import type { Detector } from "../vision/detector";
import type { PackDetector } from "../vision/pack-detectors";
import { labelledDetector } from "./labelled-detector";
import { type OpenLibrary } from "./open-library";
import type { DecodedForDetectors } from "./pixel-queue";
import { labelPhotos } from "./rank-photos";

/** The pack's detectors that are switched on. */
export function enabledDetectors({ store, pack }: OpenLibrary): PackDetector[] {
  const settings = settingsOf(store);
  return pack.detection?.detectors.filter(({ kind }) => settings[kind]) ?? [];
}

/** The synset of person in WordNet 3.0. */
const PERSON = "n00007846";

/** How to count people from a pack's detections; null if its detectors find neither people nor faces. */
export function peopleRuleOf({
  pack: { detection },
  lexicon,
}: Pick<OpenLibrary, "pack" | "lexicon">): PeopleRule | null {
  const rule = (kind: PackDetector["kind"], isWanted: (named: PackDetector["classes"][number]) => boolean) => {
    for (const detector of detection?.detectors ?? []) {
      const at = detector.kind === kind ? detector.classes.findIndex(isWanted) : -1;
      if (at < 0) continue;
      const label = labelledDetector(lexicon, detector).labelOf(at);
      return { detector: detector.id, class: at, label, from: detector.classes[at]!.threshold };
    }
    return null;
  };
  const [persons, faces] = [
    rule("objects", ({ name, wnid }) => wnid === PERSON || name === "person"),
    rule("faces", () => true),
  ];
  return persons || faces ? { persons, faces } : null;
}

export const idsOf = (detectors: readonly PackDetector[]): string[] => detectors.map(({ id }) => id);

/**
 * Runs the enabled detectors on photos that they haven't seen, stores the detections, and labels the photos again with
 * them.
 * @returns the photos that were labelled again, without those that changed meanwhile
 * @throws Refusal of the detectors
 */
export async function detectObjects(
  library: OpenLibrary,
  detectorOf: (detector: PackDetector) => Promise<Detector>,
  photos: DecodedForDetectors[],
): Promise<PhotoId[]> {
  const { store } = library;
  const wanted = enabledDetectors(library);
  const looks = photos.flatMap((decoded) => {
    const missing = detectorsToRun(store, decoded.photo, idsOf(wanted));
    return wanted
      .filter(({ id }) => missing.includes(id))
      .map(async (detector) => ({
        detector,
        decoded,
        detections: await (await detectorOf(detector)).detect(decoded.pixels),
      }));
  });
  const found = await Promise.all(looks);
  const stored = inTransaction(store, () => {
    const photos = [...new Set(wanted.flatMap(({ id }) => storeDetections(store, id, rowsOf(found, id))))];
    countPeopleIn(library, photos);
    return photos;
  });
  return labelDetected(library, stored);
}

/** Counts the people in these photos by the boxes that count now. */
export function countPeopleIn(library: OpenLibrary, photos: readonly PhotoId[]): void {
  const rule = peopleRuleOf(library);
  if (rule) countPeople(library.store, rule, photos);
}

/**
 * Labels photos again whose boxes have changed.
 * @returns those that were labelled: the ones with features
 */
export async function labelDetected(library: OpenLibrary, photos: readonly PhotoId[]): Promise<PhotoId[]> {
  if (photos.length === 0 || library.isPackMissing) return [];
  await library.ranker.prepare(); // retraining may have replaced the ranker
  if (!library.store.db.open) return []; // closed meanwhile: they are labelled when it is opened next
  const { photos: labelled, ...seen } = featuresOf(library.store, library.pack.visualId, photos);
  labelPhotos(library, [...labelled], seen);
  return [...labelled];
}

const rowsOf = (
  found: { detector: PackDetector; decoded: DecodedForDetectors; detections: Detections }[],
  id: string,
): PhotoDetections[] =>
  found
    .filter(({ detector }) => detector.id === id)
    .map(({ decoded: { photo, version }, detections }) => ({ photo, version, detections }));
