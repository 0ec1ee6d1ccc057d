import type { JobId } from "./working";

/** Evaluation on labelled photos. */
export interface EvaluatingCalls {
  /**
   * Measures the paper's methods and Semblance's own on a dataset: a folder of class folders, or a CSV of
   * path,label[,wnid]. Resolves when the job has started.
   */
  evaluate(query: { dataset: string }): Promise<{ job: JobId }>;
  /** The last evaluation with this library's pack; null before the first. */
  evaluation(): Promise<Evaluation | null>;
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
