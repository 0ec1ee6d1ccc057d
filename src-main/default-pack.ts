/** The model pack in the box. */
export const BUNDLED_PACK = "efficientnet-lite2";

/** The pack that labels a new library: `SEMBLANCE_PACK` (a bundled pack's name or a folder), else the one in the box. */
export const defaultPack = (env: NodeJS.ProcessEnv = process.env): string => env.SEMBLANCE_PACK || BUNDLED_PACK;
