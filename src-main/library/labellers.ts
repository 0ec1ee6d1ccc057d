import type { ModelId } from "../../src-preload/contract";
import { type Library, prepared } from "./database";

/** A labeller that was exported, by the fingerprint that its results carry. */
export interface ExportedLabeller { labeller: string; model: ModelId; exportedAt: string }

const key = (labeller: string): string => `labeller ${labeller}`;

export function rememberLabeller(library: Library, { labeller, ...about }: ExportedLabeller): void {
  prepared(library, "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value").run(key(labeller), JSON.stringify(about));
}

/** Null where this library never exported it. */
export function exportedLabeller(library: Library, labeller: string): ExportedLabeller | null {
  const row = prepared<{ value: string }>(library, "SELECT value FROM meta WHERE key = ?").get(key(labeller));
  return row ? { labeller, ...JSON.parse(row.value) as Omit<ExportedLabeller, "labeller"> } : null;
}
