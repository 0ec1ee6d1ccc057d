import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { installedPacksFolder } from "../../base/resources";

/**
 * Reads what is kept about packs in a JSON file beside them. Empty if there is none, or if it isn't what we wrote: all
 * of it can be found out again.
 */
export function readKept<T extends object>(home: string, name: string, schema: z.ZodType<T>): T | null {
  const file = join(installedPacksFolder(home), name);
  if (!existsSync(file)) return null;
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Written by a rename, so that a crash leaves the old content or the new. */
export function writeKept(home: string, name: string, value: object): void {
  const folder = installedPacksFolder(home);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const partial = join(folder, `${name}.${process.pid}.tmp`);
  writeFileSync(partial, JSON.stringify(value, null, 2));
  renameSync(partial, join(folder, name));
}
