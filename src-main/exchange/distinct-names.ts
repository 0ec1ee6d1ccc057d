import type { LabelId } from "../../src-shared/contract";

/**
 * A name of its own for each label, where a reader goes by names alone: one that is `taken` already gets the label's id
 * behind it.
 */
export function distinctNames(
  labels: Iterable<LabelId>,
  nameOf: (label: LabelId) => string,
  taken: readonly string[] = [],
): Map<LabelId, string> {
  const used = new Set(taken);
  const names = new Map<LabelId, string>();
  for (const label of labels) {
    let name = nameOf(label);
    while (used.has(name)) name = `${name} (${label})`;
    used.add(name);
    names.set(label, name);
  }
  return names;
}
