import type { ModelId } from "../../src-shared/contract";
import { readMeta, type Store, writeMeta } from "./database";

/** An exported labeller, by the fingerprint that its results carry. */
export interface ExportedLabeller {
  labeller: string;
  model: ModelId;
  exportedAt: string;
}

const key = (labeller: string): string => `labeller ${labeller}`;

export function rememberLabeller(store: Store, { labeller, ...about }: ExportedLabeller): void {
  writeMeta(store, key(labeller), JSON.stringify(about));
}

/** Null if this library never exported it. */
export function exportedLabeller(store: Store, labeller: string): ExportedLabeller | null {
  const about = readMeta(store, key(labeller));
  return about !== undefined ? { labeller, ...(JSON.parse(about) as Omit<ExportedLabeller, "labeller">) } : null;
}
