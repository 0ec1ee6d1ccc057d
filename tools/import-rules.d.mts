import type { Room } from "./layers.mjs";

/** Import paths as a regular expression, and what to do instead. */
export interface Pattern {
  regex: string;
  message: string;
}
export type ImportRules = { "no-restricted-imports": ["error", { patterns: Pattern[] }] };
export function forbid(...patterns: Pattern[]): ImportRules;
export function packages(names: readonly string[], message: string): Pattern;
export function roomRules(room: Room, files?: string, ...more: Pattern[]): { files: string[]; rules: ImportRules };
