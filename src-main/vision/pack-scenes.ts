import { z } from "zod";
import { badPack, readPackFloats } from "./pack-files";

/** A multi-label head on a pack's features; see `sceneProbabilities`. */
export interface PackScenes {
  /** `[S]`; `from`: minimum probability for a scene to be shown, 0..1 */
  classes: { name: string; wnid: string | null; from: number }[];
  /** `[D]` mean square root of each feature */
  centre: Float32Array;
  /** `[S, D]` */
  weights: Float32Array;
  /** `[S]` */
  bias: Float32Array;
}

export const describedScenes = z.object({ weights: z.string(), classes: z.string() });

/** The contents of `scenes.json`. */
export const sceneClasses = z
  .array(
    z.object({
      name: z.string().min(1).max(1000),
      wnid: z
        .string()
        .regex(/^n\d{8}$/)
        .nullish(),
      from: z.number().min(0).max(1),
    }),
  )
  .min(1)
  .max(10_000);

/**
 * Reads the numbers of a pack's scenes: centre `[D]`, weights `[S, D]`, bias `[S]`. @param classes contents of
 * `scenes.json` @throws Refusal `bad-pack`
 */
export function readPackScenes(
  folder: string,
  file: string,
  classes: z.infer<typeof sceneClasses>,
  D: number,
  sha256?: string,
): PackScenes {
  const S = classes.length;
  const names = new Set(classes.map(({ name }) => name));
  if (names.size < S) throw badPack(folder, `its ${S} scenes have only ${names.size} different names`);
  const numbers = readPackFloats(
    folder,
    file,
    (S + 1) * D + S,
    `${S} scenes × ${D} features with centre and bias`,
    sha256,
  );
  return {
    classes: classes.map(({ name, wnid, from }) => ({ name, wnid: wnid ?? null, from })),
    centre: numbers.subarray(0, D),
    weights: numbers.subarray(D, (S + 1) * D),
    bias: numbers.subarray((S + 1) * D),
  };
}

/** The file that `readPackScenes` reads. */
export function sceneNumbers({ centre, weights, bias }: Pick<PackScenes, "centre" | "weights" | "bias">): Uint8Array {
  const numbers = new Float32Array(centre.length + weights.length + bias.length);
  numbers.set(centre);
  numbers.set(weights, centre.length);
  numbers.set(bias, centre.length + weights.length);
  return new Uint8Array(numbers.buffer);
}
