import type { ModelId } from "../../src-shared/contract";
import { type Library, note, noted } from "./database";

/** A labeller that was exported, by the fingerprint that its results carry. */
export interface ExportedLabeller {
  labeller: string;
  model: ModelId;
  exportedAt: string;
}

const key = (labeller: string): string => `labeller ${labeller}`;

export function rememberLabeller(library: Library, { labeller, ...about }: ExportedLabeller): void {
  note(library, key(labeller), JSON.stringify(about));
}

/** Null where this library never exported it. */
export function exportedLabeller(library: Library, labeller: string): ExportedLabeller | null {
  const about = noted(library, key(labeller));
  return about !== undefined ? { labeller, ...(JSON.parse(about) as Omit<ExportedLabeller, "labeller">) } : null;
}
