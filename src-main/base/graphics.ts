import { existsSync, readdirSync } from "node:fs";

/**
 * Whether asking for a graphics adapter makes sense here. On a Linux machine without one the drivers' loaders
 * write warnings to stderr that nobody can act on, so there we look for a render node first.
 */
export const mayHaveGraphicsAdapter = (): boolean =>
  process.platform !== "linux" ||
  (existsSync("/dev/dri") && readdirSync("/dev/dri").some((name) => name.startsWith("renderD")));
