/** The model pack that comes with the program. */
export const BUNDLED_PACK = "efficientnet-lite2";

/** The pack for new libraries: `SEMBLANCE_PACK` (a pack's name or a folder), else the bundled one. */
export const defaultPack = (env: NodeJS.ProcessEnv = process.env): string => env.SEMBLANCE_PACK || BUNDLED_PACK;

/** Packs that came with earlier versions of the program, by `visualId`; their libraries are offered the better one. */
export const SUPERSEDED_PACKS: ReadonlyMap<string, { name: string; title: string }> = new Map([
  ["3fb3a1b679c5cc6f", { name: "seed", title: "Seed: 335 classes, 64x64 pixels" }],
]);
