import type { LabelId } from "../../src-shared/contract";
import type { Detections } from "../base/detections";
import { logit, probability as chance } from "../devise/calibration";
import {
  type ConceptScores,
  MIN_DERIVED_CONFIDENCE,
  MIN_PEOPLE_CONFIDENCE,
  NOT_DETECTED,
  type ObjectConfidence,
  objectScores,
  PEOPLE_GROUPS,
  peopleScores,
  portraitScore,
} from "../devise/concepts";
import { capGuess } from "../devise/label-ranking";
import type { Confidence } from "../devise/ranking-numbers";
import { sceneProbabilities } from "../devise/scenes";
import type { Pack } from "../vision/pack";
import type { ConceptSource } from "./concept-source";
import { derivedConcepts } from "./derived-concepts";
import type { Lexicon } from "./lexicon";

/** The concepts that a pack's detectors and scenes look for. */
export interface ConceptBank {
  /** `[W]` each concept's label */
  labels: LabelId[];
  /** Concepts that come from counting people. */
  counted: ReadonlySet<LabelId>;
  /** Concepts computed from features, so available for every photo: the pack's scenes. */
  scenes: ReadonlySet<LabelId>;
  /** Sources and their numbers of concepts, in the order of `labels`. */
  sources: { source: ConceptSource; count: number }[];
  /** @param features `[n, D]` @param found `[n]` */
  scores(features: Float32Array, found: readonly DetectedInPhoto[]): ConceptScores;
}

/** What detectors found in a photo, and the colours from its image quality; null where they have not run. */
export interface DetectedInPhoto {
  objects: Detections | null;
  faces: Detections | null;
  colours: Uint8Array | null;
}

export const NOTHING_DETECTED: DetectedInPhoto = { objects: null, faces: null, colours: null };

/** The concepts of one source. */
interface ConceptColumns {
  source: ConceptSource;
  labels: LabelId[];
  /** Writes a photo's scores into the columns from `at` on. */
  write(into: ConceptScores, at: number, found: DetectedInPhoto): void;
}

/** @returns null if the pack has neither scenes nor calibrated detectors */
export function conceptBank(
  pack: Pack,
  lexicon: Lexicon,
  { objects, scenes: saidOfScenes }: Pick<Confidence, "objects" | "scenes">,
): ConceptBank | null {
  const parts = objects
    ? [objectPart(pack, lexicon, objects), portraitPart(pack, lexicon)].filter((part) => part !== null)
    : [];
  const { scenes } = pack;
  const derived = derivedConcepts(pack, lexicon, objects?.right ?? null);
  const sceneLabels =
    scenes?.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined })) ?? [];
  const labels = [...parts.flatMap((part) => part.labels), ...(derived?.labels ?? []), ...sceneLabels];
  if (labels.length === 0) return null;
  return {
    labels,
    counted: new Set(PEOPLE_GROUPS.map(({ name }) => lexicon.meant(name))),
    scenes: new Set([...(derived?.labels ?? []), ...sceneLabels]),
    sources: [
      ...parts.map(({ source, labels: { length } }) => ({ source, count: length })),
      ...(derived ? [{ source: derived.source, count: derived.labels.length }] : []),
      ...(scenes
        ? [{ source: { kind: "scenes" as const, scenes, said: saidOfScenes }, count: sceneLabels.length }]
        : []),
    ],
    scores(features, found) {
      const W = labels.length;
      const scores: ConceptScores = {
        right: new Float32Array(found.length * W),
        said: new Float32Array(found.length * W),
      };
      const byScene = scenes && sceneProbabilities(features, scenes);
      const S = sceneLabels.length;
      found.forEach((each, i) => {
        let at = i * W;
        for (const part of parts) {
          part.write(scores, at, each);
          at += part.labels.length;
        }
        derived
          ?.probabilities(byScene!.subarray(i * S, (i + 1) * S), each.objects, each.colours)
          .forEach((probability) => {
            scores.right[at] = probability;
            scores.said[at++] =
              probability === NOT_DETECTED ? NOT_DETECTED : capGuess(probability, MIN_DERIVED_CONFIDENCE);
          });
        scenes?.classes.forEach(({ from }, s) => {
          const probability = byScene![i * S + s];
          scores.right[at + s] = probability;
          scores.said[at + s] = capGuess(
            saidOfScenes ? chance(saidOfScenes[s], [logit(probability)]) : probability,
            from,
          );
        });
      });
      return scores;
    },
  };
}

/** The classes of the object detector, followed by groups of people. */
function objectPart(pack: Pack, lexicon: Lexicon, confidence: ObjectConfidence): ConceptColumns | null {
  const detector = pack.detection?.detectors.find(({ kind }) => kind === "objects");
  if (!detector) return null;
  const O = detector.classes.length;
  const labels = detector.classes.map(({ name, wnid }) => lexicon.classLabel({ name, wnid: wnid ?? undefined }));
  const person = detector.classes.findIndex(({ name }) => name === "person");
  const groups = person < 0 ? [] : PEOPLE_GROUPS.map(({ name }) => lexicon.meant(name));
  return {
    source: { kind: "objects", detector, confidence, person },
    labels: [...labels, ...groups],
    write({ right, said }, at, { objects }) {
      if (!objects) {
        right.fill(NOT_DETECTED, at, at + O + groups.length);
        return;
      }
      const each = objectScores(objects, confidence, O);
      right.set(each.right, at);
      said.set(each.said, at);
      if (groups.length === 0) return;
      const people = peopleScores(objects, confidence, person);
      right.set(people, at + O);
      said.set(
        people.map((probability) => capGuess(probability, MIN_PEOPLE_CONFIDENCE)),
        at + O,
      );
    },
  };
}

function portraitPart(pack: Pack, lexicon: Lexicon): ConceptColumns | null {
  const detector = pack.detection?.detectors.find(({ kind }) => kind === "faces");
  if (!detector) return null;
  return {
    source: { kind: "portrait", detector },
    labels: [lexicon.meant("portrait")],
    write({ right, said }, at, { faces }) {
      right[at] = faces ? portraitScore(faces) : NOT_DETECTED;
      said[at] = right[at] === NOT_DETECTED ? NOT_DETECTED : capGuess(right[at], MIN_PEOPLE_CONFIDENCE);
    },
  };
}
