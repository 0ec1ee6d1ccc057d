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
  const distinct = distinctNamer(nameOf, taken);
  return new Map(Array.from(labels, (label) => [label, distinct(label)]));
}

/** As `distinctNames`, for labels that come one by one, each any number of times. */
export function distinctNamer(
  nameOf: (label: LabelId) => string,
  taken: readonly string[] = [],
): (label: LabelId) => string {
  const used = new Set(taken);
  const names = new Map<LabelId, string>();
  return (label) => {
    const known = names.get(label);
    if (known !== undefined) return known;
    let name = nameOf(label);
    while (used.has(name)) name = `${name} (${label})`;
    used.add(name);
    names.set(label, name);
    return name;
  };
}
