import type { LabelId } from "../../src-shared/contract";
import type { Detections } from "../base/detections";
import { logistic } from "../devise/calibration";
import { type BoxLogistic, boxLogOdds, NOT_DETECTED } from "../devise/concepts";
import { DERIVED_SCENES, type DerivedRule, derivedScenes } from "../devise/derived-scenes";
import { lightProbabilities } from "../devise/light";
import type { Pack } from "../vision/pack";
import type { ConceptSource } from "./concept-source";
import type { Lexicon } from "./lexicon";

/** Detector classes that count as road vehicles. */
const VEHICLES = ["car", "motorcycle", "bus", "truck"];

/** Scenes derived from a pack's scenes, its objects and a photo's light. */
export interface DerivedConcepts {
  labels: LabelId[];
  source: ConceptSource;
  /**
   * @param scenes `[S]` probabilities of the pack's scenes
   * @param colours from the photo's image quality; null if not computed
   * @returns `[labels]` probabilities; `NOT_DETECTED` where a required part is unknown
   */
  probabilities(scenes: Float32Array, objects: Detections | null, colours: Uint8Array | null): Float32Array;
}

/**
 * Applies the rules for scenes that the pack has not learned itself.
 * @param right of detected objects; null if boxes are not calibrated
 */
export function derivedConcepts(
  { scenes, detection }: Pack,
  lexicon: Lexicon,
  right: BoxLogistic | null,
): DerivedConcepts | null {
  if (!scenes) return null;
  const at = new Map(scenes.classes.map(({ name }, s) => [name, s]));
  const rules = DERIVED_SCENES.filter(({ name }) => !at.has(name));
  const detector = detection?.detectors.find(({ kind }) => kind === "objects");
  const vehicles = new Set(detector?.classes.flatMap(({ name }, c) => (VEHICLES.includes(name) ? [c] : [])));
  const vehicleIn = (objects: Detections, by: BoxLogistic) =>
    Array.from(objects.classes.keys()).reduce(
      (likeliest, b) =>
        vehicles.has(objects.classes[b]) ? Math.max(likeliest, logistic(boxLogOdds(by, objects, b))) : likeliest,
      0,
    );
  return {
    labels: rules.map((rule) => labelOf(rule, lexicon)),
    source: {
      kind: "derived",
      scenes,
      rules,
      vehicles: detector && right ? { detector, classes: [...vehicles], right } : null,
    },
    probabilities(probabilities, objects, colours) {
      const light = colours && lightProbabilities(colours);
      const part = (name: string): number | null => {
        if (name === "vehicle") return objects && right ? vehicleIn(objects, right) : null;
        if (name === "sunset light") return light?.sunset ?? null;
        if (name === "night light") return light?.night ?? null;
        const s = at.get(name);
        return s === undefined ? null : probabilities[s];
      };
      const found = new Map(derivedScenes(part).map(({ name, probability }) => [name, probability]));
      return Float32Array.from(rules, ({ name }) => found.get(name) ?? NOT_DETECTED);
    },
  };
}

const labelOf = ({ name, wnid }: DerivedRule, lexicon: Lexicon): LabelId =>
  lexicon.classLabel({ name, wnid: wnid ?? undefined });
