import type { Evaluation, LabelId } from "../../src-shared/contract";
import { estimatePrior, shiftPrior } from "../devise/in-distribution";
import type { Confidence } from "../devise/ranking-numbers";
import { STORED_CLASSES, topClasses, type VisualOutput } from "../devise/semantic-embedding";
import { createRanker } from "../labeller/label-ranker";
import { informationContent } from "../labeller/label-space";
import type { Lexicon } from "../labeller/lexicon";
import { type Pack, readPrototypes } from "../vision/pack";
import { accuracySpecificityCurve, calibrationOf, type ShownLabel } from "./reliability";
import type { LabelledFeatures } from "./training-data";

/** Thresholds of the accuracy–specificity trade-off, low to high. */
const THRESHOLDS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
/** The ranking settings that the product uses. */
const SHOWN_RULES = { threshold: 0.05, limit: 5 };
/** All labels that a photo could be given at any threshold. */
const ALL_LABELS = { threshold: THRESHOLDS[0], limit: 1000 };

/**
 * Reliability of the labels that the product would show on these photos: accuracy–specificity trade-off and
 * calibration.
 * @returns null when no photo gets a label
 */
export async function evaluateReliability(
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
  const ranker = createRanker({
    M,
    confidence,
    prototypes: readPrototypes(pack).vectors,
    classLabels,
    dimensions: pack.dimensions,
    labels,
    vectorOf: lexicon.vectorOf,
    wordnet,
  });
  await ranker.index();
  const C = pack.classes.length;
  const output: VisualOutput = {
    features: photos.features,
    ...topClasses(photos.logits, C, Math.min(STORED_CLASSES, C)),
  };
  const embeddings = ranker.semanticEmbeddings(output);
  // The prior is estimated from the photos, not from their true labels, as in a library.
  const odds = ranker.inDistributionLogOdds(output);
  const share = odds ? estimatePrior(odds) : null;
  const information = informationContent(labels, wordnet);
  const specificity = new Map(labels.map((label, l) => [label, information[l]]));
  const shown = (options: { threshold: number; limit: number }): ShownLabel[][] =>
    photos.labels.map((truth, i) =>
      ranker
        .rank(output, embeddings, i, {
          ...options,
          inDistribution: odds && share !== null ? shiftPrior(share, odds[i]) : undefined,
        })
        .map(({ label, confidence: sure }) => ({
          confidence: sure,
          specificity: specificity.get(label) ?? 1,
          right: wordnet.isA(truth, label),
        })),
    );
  const calibrated = shown(SHOWN_RULES);
  if (calibrated.every((each) => each.length === 0)) return null;
  return { hedging: accuracySpecificityCurve(shown(ALL_LABELS), THRESHOLDS), calibration: calibrationOf(calibrated) };
}
