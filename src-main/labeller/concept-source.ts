import type { Logistic } from "../devise/calibration";
import type { BoxLogistic, ObjectConfidence } from "../devise/concepts";
import type { DerivedRule } from "../devise/derived-scenes";
import type { PackDetector } from "../vision/pack-detectors";
import type { PackScenes } from "../vision/pack-scenes";

/** Where some of a pack's concepts come from. */
export type ConceptSource =
  /**
   * Each class of a detector, followed by `PEOPLE_GROUPS` if one of its classes is person; `person` is the number of
   * that class, else −1.
   */
  | { kind: "objects"; detector: PackDetector; confidence: ObjectConfidence; person: number }
  /** One concept, from faces. */
  | { kind: "portrait"; detector: PackDetector }
  /** One concept per rule. `vehicles`: the box classes that count as vehicles; null if boxes are not calibrated. */
  | {
      kind: "derived";
      scenes: PackScenes;
      rules: DerivedRule[];
      vehicles: { detector: PackDetector; classes: number[]; right: BoxLogistic } | null;
    }
  /** @property said see `Confidence.scenes` */
  | { kind: "scenes"; scenes: PackScenes; said?: Logistic[] };
