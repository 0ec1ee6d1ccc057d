import type { Logistic } from "../devise/calibration";
import type { BoxLogistic, ObjectConfidence } from "../devise/concepts";
import type { DerivedRule } from "../devise/derived-scenes";
import type { PackDetector } from "../vision/pack-detectors";
import type { PackScenes } from "../vision/pack-scenes";

/** What tells some of the concepts that a pack looks for. */
export type ConceptSource =
  /**
   * Each class of a detector, and then `PEOPLE` where one of its classes is person: the number of that class, else −1.
   */
  | { kind: "objects"; detector: PackDetector; confidence: ObjectConfidence; person: number }
  /** One concept, by faces. */
  | { kind: "portrait"; detector: PackDetector }
  /**
   * A concept for each rule; `vehicles`: by which classes of boxes there is one, null where boxes were not calibrated.
   */
  | {
      kind: "derived";
      scenes: PackScenes;
      rules: DerivedRule[];
      vehicles: { detector: PackDetector; classes: number[]; right: BoxLogistic } | null;
    }
  /** @property said see `Confidence.scenes` */
  | { kind: "scenes"; scenes: PackScenes; said?: Logistic[] };
