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

/** Thresholds of the hedging curve: bold to careful. */
const THRESHOLDS = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
/** As the product shows labels. */
const SHOWN_RULES = { threshold: 0.05, limit: 5 };
/** All labels that a photo could be given at any threshold. */
const ALL_LABELS = { threshold: THRESHOLDS[0], limit: 1000 };

/**
 * How far the labels that the product would show on these photos can be trusted: accuracy against specificity, and
 * calibration.
 * @returns null where no photo carries a label
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
  // As in a library: how many of the photos show a class is told by the photos themselves, not by their true labels.
  const odds = ranker.inDistributionLogOdds(output);
  const share = odds ? estimatePrior(odds) : null;
  const information = informationContent(labels, wordnet);
  const specificity = new Map(labels.map((label, l) => [label, information[l]]));
  const shown = (options: { threshold: number; limit: number }): ShownLabel[][] =>
    photos.labels.map((truth, i) =>
      ranker
        .rank(output, embeddings, i, {
          ...options,
          shows: odds && share !== null ? shiftPrior(share, odds[i]) : undefined,
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
