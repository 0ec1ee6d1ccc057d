import { z } from "zod";
import { PEOPLE_GROUPS } from "../devise/concepts";
import type { Confidence } from "../devise/ranking-numbers";

const logistic = z.object({ bias: z.number(), weights: z.array(z.number()) });
const boxLogistic = z.object({ score: z.number(), area: z.number(), biases: z.array(z.number()) });

/** The `confidence` of a projection.json. Its keys are older than the code's names. */
export const storedConfidence = z.object({
  covered: logistic,
  uncovered: logistic,
  /** `Confidence.fewShot` */
  taught: logistic,
  apart: z
    .object({
      /** `ConditionalConfidence.inDistribution` */
      shows: logistic,
      known: logistic,
      unknown: logistic,
      uncovered: logistic,
    })
    .optional(),
  joined: logistic.optional(),
  keptFrom: z.number().min(0).max(1).optional(),
  search: logistic.optional(),
  objects: z
    .object({
      right: boxLogistic,
      said: boxLogistic,
      people: z.array(logistic).length(PEOPLE_GROUPS.length),
    })
    .optional(),
  scenes: z.array(logistic).optional(),
});

export type StoredConfidence = z.infer<typeof storedConfidence>;

export function fromStoredConfidence({ taught, apart, ...rest }: StoredConfidence): Confidence {
  const confidence: Confidence = { ...rest, fewShot: taught };
  if (apart) {
    const { shows, ...models } = apart;
    confidence.apart = { ...models, inDistribution: shows };
  }
  return confidence;
}

/**
 * In the order of `storedConfidence`, so that JSON of the same confidence is always the same text: predictions are stale
 * when it changes.
 */
export function toStoredConfidence({ covered, uncovered, fewShot, apart, ...rest }: Confidence): StoredConfidence {
  const stored: StoredConfidence = { covered, uncovered, taught: fewShot };
  if (apart) {
    const { inDistribution, ...models } = apart;
    stored.apart = { shows: inDistribution, ...models };
  }
  return { ...stored, ...rest };
}
