import type { JobId } from "./working";

/** How good the labels are, measured on labelled photos. */
export interface EvaluatingCalls {
  /**
   * Measures the methods of the paper and Semblance's own on labelled photos: a folder of class folders, or a CSV of
   * path,label[,wnid]. Resolves when it has begun.
   */
  evaluate(query: { dataset: string }): Promise<{ job: JobId }>;
  /** The last evaluation with this library's pack; null before the first. */
  evaluation(): Promise<Evaluation | null>;
}

export type MethodName = "softmax" | "devise" | "random" | "l2" | "conse" | "semblance";
/** Shares in percent: flat hit@k and hierarchical precision@k by k, with their bootstrap 95 % intervals. */
export interface MethodScores {
  /** Photos. */
  n: number;
  hit: Record<string, number>;
  precision: Record<string, number>;
  /** By the same names, `hit@5` and `precision@5`: low and high. */
  ci: Record<string, [number, number]>;
}

export interface Evaluation {
  dataset: string;
  at: string;
  pack: string;
  photos: number;
  /** Labels of the dataset that nothing is known of, with how many photos they have. */
  unknown: { label: string; photos: number }[];
  /**
   * `seen`: photos of the pack's classes; `unseen`: others, among the dataset's unseen labels; `generalised`: those,
   * among all labels. Null where there are no such photos.
   */
  methods: Partial<
    Record<MethodName, { seen: MethodScores | null; unseen: MethodScores | null; generalised: MethodScores | null }>
  >;
  /**
   * For the first label of each photo at each threshold: how often it is right (the true label or more general), how
   * specific it is (0..1), how many photos have one (0..1).
   */
  hedging: { threshold: number; accuracy: number; specificity: number; labelled: number }[];
  /** Ten bins of equal mass of the labels shown: mean confidence against how often they are right. */
  calibration: {
    error: number;
    interval: [number, number];
    bins: { confidence: number; right: number; labels: number }[];
  };
}
