/** How well photos match their labels, ranked among all training labels. */
export interface EpochScores {
  photos: number;
  /** Loss per photo (eq. 1). */
  loss: number;
  /** Share of photos whose label is the nearest, and among the five nearest. */
  hit: { 1: number; 5: number };
}

export interface Unfrozen {
  layers: string[];
  losses: Float32Array;
  training: { before: EpochScores; after: EpochScores };
  heldOut: { before: EpochScores; after: EpochScores } | null;
  /** Share of all photos whose top class did not change. */
  sameClass: number;
  /**
   * Whether the classifier's last layer was refitted to the new features, and the share of unchanged top classes with
   * the old layer. Null where the logits don't come from a linear layer.
   */
  head: { refitted: boolean; sameClassBefore: number } | null;
  /** Classes whose prototype is now the mean feature of their training photos, and all classes. */
  prototypes: { fromPhotos: number; classes: number };
  difference: number;
  secondsPerStep: number;
  peakBytes: number;
  backend: { name: string; why: string };
}
