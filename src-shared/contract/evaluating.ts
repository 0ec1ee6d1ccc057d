import type { PhotoLabel } from "./browsing";
import type { LabelId, PhotoId } from "./ids";
import type { JobId } from "./working";

/** Evaluation on labelled photos. */
export interface EvaluatingCalls {
  /**
   * Measures the library's labels on its own verdicts: each photo is labelled by what was learned from the verdicts on
   * other photos (job `verdicts`). Changes no label. Resolves when the job has started.
   * @throws Refusal `few-verdicts`, `pack-gone` as the job's failure
   */
  evaluateVerdicts(): Promise<{ job: JobId }>;
  verdictEvaluation(): Promise<VerdictEvaluationState>;
  /**
   * Measures the paper's methods and Semblance's own on a dataset: a folder of class folders, or a CSV of
   * path,label[,wnid]. Resolves when the job has started.
   */
  evaluate(query: { dataset: string }): Promise<{ job: JobId }>;
  /** The last evaluation with this library's pack; null before the first. */
  evaluation(): Promise<Evaluation | null>;
  /**
   * Compares the library's pack with another on the library's verdicts (job `compare`). Photos with verdicts that the
   * other pack hasn't analysed are analysed first. Changes no label. Resolves when the job has started.
   * @throws Refusal `no-pack`, `bad-pack`, `pack-gone`, `few-verdicts`
   */
  comparePacks(query: { /** A pack's name, or a folder. */ name: string }): Promise<{ job: JobId }>;
  /** The last comparison in this library; null before the first. */
  packComparison(): Promise<PackComparison | null>;
}

export interface VerdictEvaluationState {
  /** The last one; null before the first. */
  evaluation: VerdictEvaluation | null;
  /** Neither verdicts nor labels have changed since. */
  isCurrent: boolean;
  /** Analysed photos with an accepted label, and how many more of them an evaluation takes. */
  judged: number;
  needed: number;
}

/** How good a library's labels are, by its verdicts; near-duplicates and bursts count as one photo. */
export interface VerdictEvaluation {
  /** ISO 8601. */
  at: string;
  /** The pack's title. */
  pack: string;
  /** Photos with verdicts that were measured, and the verdicts on them. */
  photos: number;
  verdicts: number;
  /** Photos with verdicts that couldn't be read, or were left out because there are too many. */
  leftOut: number;
  /** Share of photos with an accepted label whose first label is right, 0..1; `n` photos. */
  first: (Estimate & { n: number }) | null;
  /** Mean average precision over `n` labels with at least three verdicts, 0..1. */
  precision: (Estimate & { n: number }) | null;
  /** Expected calibration error over `n` predictions, 0..1; less is better. */
  calibration: (Estimate & { n: number }) | null;
  /** Labels with at least three verdicts, those with most errors first. */
  labels: VerdictLabelScore[];
}

/** Numbers of photos, at the minimum confidence. */
export interface VerdictLabelScore {
  label: LabelId;
  name: string;
  parent: string | null;
  /** Predicted, and the verdicts agree. */
  right: number;
  /** Predicted, and the verdicts disagree. */
  wrong: number;
  /** Not predicted on a photo that shows it. */
  missed: number;
}

/**
 * Two packs on a library's verdicts. Each photo is labelled by packs that learned from the verdicts on other photos;
 * near-duplicates and bursts count as one.
 */
export interface PackComparison {
  /** ISO 8601. */
  at: string;
  /** In the window, the pack in use when it was made. */
  a: ComparedPack;
  b: ComparedPack;
  /** Photos with verdicts and features of both. */
  photos: number;
  /** Verdicts on them. */
  verdicts: number;
  /** Photos with verdicts that couldn't be read, or were left out because there are too many. */
  leftOut: number;
  measures: {
    /** Share of photos with an accepted label whose first label is right, 0..1. */
    first: MeasuredDifference | null;
    /** Mean average precision over labels with at least three verdicts, 0..1. */
    precision: MeasuredDifference | null;
    /** Expected calibration error, 0..1; less is better. */
    calibration: MeasuredDifference | null;
  };
  /** `none`: no difference that matters; `mixed`: by one measure a, by the other b; `unknown`: too few verdicts. */
  better: "a" | "b" | "none" | "mixed" | "unknown";
  /** About how many photos with verdicts would tell; null if these do. */
  needed: number | null;
  /** The conclusion in a sentence. */
  sentence: string;
  /** Photos whose first label is right by one pack only, up to 60. */
  examples: ComparedPhoto[];
}

export interface ComparedPack {
  visualId: string;
  name: string;
  title: string;
  /** What to call it in `usePack`. */
  from: string;
}

/** Null values can't be measured. `n` photos, labels or predictions. */
export interface MeasuredDifference {
  n: number;
  a: Estimate;
  b: Estimate;
  /** b − a */
  difference: Estimate;
}

/** With a 95 % bootstrap interval. */
export interface Estimate {
  value: number;
  interval: [number, number];
}

export interface ComparedPhoto {
  photo: PhotoId;
  /** Each pack's first label among those with verdicts; null if it predicts none. */
  a: PhotoLabel | null;
  b: PhotoLabel | null;
  right: "a" | "b";
  accepted: { label: LabelId; name: string }[];
  rejected: { label: LabelId; name: string }[];
}

export type MethodName = "softmax" | "devise" | "random" | "l2" | "conse" | "semblance";
/** Flat hit@k and hierarchical precision@k by k, in percent, with bootstrap 95 % intervals. */
export interface MethodScores {
  /** Photos. */
  n: number;
  hit: Record<string, number>;
  precision: Record<string, number>;
  /** Low and high, by name: `hit@5`, `precision@5`. */
  ci: Record<string, [number, number]>;
}

export interface Evaluation {
  dataset: string;
  at: string;
  pack: string;
  photos: number;
  /** Labels of the dataset that are unknown, with their photo counts. */
  unknown: { label: string; photos: number }[];
  /**
   * `seen`: photos of the pack's classes; `unseen`: the others, ranked among the unseen labels; `generalised`: the
   * same, ranked among all labels. Null without such photos.
   */
  methods: Partial<
    Record<MethodName, { seen: MethodScores | null; unseen: MethodScores | null; generalised: MethodScores | null }>
  >;
  /**
   * The accuracy–specificity trade-off, for the first label of each photo at each threshold: the share that is correct
   * (the true label or a more general one), mean specificity, and the share of photos with a label; each 0..1.
   */
  hedging: { threshold: number; accuracy: number; specificity: number; labelled: number }[];
  /** Labels shown, in ten bins of equal mass: mean confidence against accuracy. */
  calibration: {
    error: number;
    interval: [number, number];
    bins: { confidence: number; right: number; labels: number }[];
  };
}
