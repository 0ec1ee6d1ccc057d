import type { LabelId } from "../../src-shared/contract";

/**
 * Unique names for labels, for formats that identify labels by name. A name that is already taken gets the label's id
 * appended.
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
