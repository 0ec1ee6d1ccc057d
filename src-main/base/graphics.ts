import { existsSync, readdirSync } from "node:fs";

/**
 * Whether it is worth asking for a graphics adapter. On Linux without one, the drivers' loaders write useless warnings
 * to stderr, so we look for a render node first.
 */
export const mayHaveGraphicsAdapter = (): boolean =>
  process.platform !== "linux" ||
  (existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD")));
