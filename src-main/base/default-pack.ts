/** The model pack in the box. */
export const BUNDLED_PACK = "efficientnet-lite2";

/**
 * The pack that labels a new library: `SEMBLANCE_PACK` (a bundled pack's name or a folder), else the one in the box.
 */
export const defaultPack = (env: NodeJS.ProcessEnv = process.env): string => env.SEMBLANCE_PACK || BUNDLED_PACK;

/**
 * Packs that were in the box of earlier programs, by their `visualId`: a library of one of them is offered the better
 * one.
 */
export const SUPERSEDED_PACKS: ReadonlyMap<string, { name: string; title: string }> = new Map([
  ["3fb3a1b679c5cc6f", { name: "seed", title: "Seed: 335 classes, 64x64 pixels" }],
]);
