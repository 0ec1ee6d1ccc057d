import { readdirSync } from "node:fs";
import { z } from "zod";
import { MAX_BYTES, readPackJson } from "./pack-files";

/** Files of a pack that `pack.json` doesn't name. */
const UNNAMED = new Set(["pack.json", "README.md", "projection.json", "projection.f32"]);
const LICENCE = /^licen[cs]e[\w.-]*$/i;

/** A pack's description as it is, without checks. @throws Refusal `bad-pack` when it is no JSON object */
export const describedPack = (folder: string): Record<string, unknown> =>
  readPackJson(folder, "pack.json", z.record(z.string(), z.unknown()), MAX_BYTES.description);

/** Tells a pack's own files, by name, from others in its folder. */
export function isPackFile(described: Record<string, unknown>): (name: string) => boolean {
  const named = new Set(textsIn(described));
  return (name) => UNNAMED.has(name) || LICENCE.test(name) || named.has(name);
}

/** Names of the files in a pack's folder that belong to it. @throws Refusal `bad-pack` */
export const packFileNames = (folder: string): string[] =>
  readdirSync(folder).filter(isPackFile(describedPack(folder)));

/** All texts in a value, at any depth; file names are among them. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
