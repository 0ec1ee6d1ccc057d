import type { Evaluation, LabelId } from "../../src-shared/contract";
import { knownShare, shiftedTo } from "../devise/known-share";
import { KEPT_CLASSES, type Seen, topClasses } from "../devise/places";
import type { Confidence } from "../devise/ranking";
import { informationContent } from "../labeller/label-space";
import { createLabeller } from "../labeller/labeller";
import type { Lexicon } from "../labeller/lexicon";
import { type Pack, readPrototypes } from "../vision/pack";
import type { LabelledFeatures } from "./training-data";
import { calibrationOf, hedgingCurve, type ShownLabel } from "./trust";

/** Thresholds of the hedging curve: bold to careful. */
const THRESHOLDS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
/** As the product shows labels. */
const SHOWN = { threshold: 0.05, limit: 5 };
/** All labels that a photo could be given at any threshold. */
const ALL = { threshold: THRESHOLDS[0], limit: 1000 };

/**
 * How far the labels that the product would show on these photos can be trusted: accuracy against specificity, and
 * calibration.
 * @returns null where no photo carries a label
 */
export async function evaluateTrust(
  {
    pack,
    lexicon,
    classLabels,
    labels,
    M,
    confidence,
  }: {
    pack: Pack;
    lexicon: Lexicon;
    classLabels: LabelId[];
    labels: LabelId[];
    M: Float32Array;
    confidence: Confidence;
  },
  photos: LabelledFeatures & { logits: Float32Array },
): Promise<Pick<Evaluation, "hedging" | "calibration"> | null> {
  const { wordnet } = lexicon;
  const labeller = createLabeller({
    M,
    confidence,
    prototypes: readPrototypes(pack).vectors,
    classLabels,
    dimensions: pack.dimensions,
    labels,
    vectorOf: lexicon.vectorOf,
    wordnet,
  });
  await labeller.index();
  const C = pack.classes.length;
  const seen: Seen = { features: photos.features, ...topClasses(photos.logits, C, Math.min(KEPT_CLASSES, C)) };
  const places = labeller.placesOf(seen);
  // As in a library: how many of the photos show a class is told by the photos themselves, not by their true labels.
  const odds = labeller.knownOdds(seen);
  const share = odds ? knownShare(odds) : null;
  const information = informationContent(labels, wordnet);
  const specificity = new Map(labels.map((label, l) => [label, information[l]]));
  const shown = (options: { threshold: number; limit: number }): ShownLabel[][] =>
    photos.labels.map((truth, i) =>
      labeller
        .rank(seen, places, i, { ...options, shows: odds && share !== null ? shiftedTo(share, odds[i]) : undefined })
        .map(({ label, confidence: sure }) => ({
          confidence: sure,
          specificity: specificity.get(label) ?? 1,
          right: wordnet.isA(truth, label),
        })),
    );
  const calibrated = shown(SHOWN);
  if (calibrated.every((each) => each.length === 0)) return null;
  return { hedging: hedgingCurve(shown(ALL), THRESHOLDS), calibration: calibrationOf(calibrated) };
}
