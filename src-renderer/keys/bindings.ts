import type { Binding, Situation } from "./binding";
import { LABEL_BINDINGS, LABEL_MANAGER_BINDINGS } from "./bindings-labels";
import { LOUPE_BINDINGS } from "./bindings-loupe";
import { MAP_BINDINGS } from "./bindings-map";
import { PHOTO_BINDINGS } from "./bindings-photos";
import { WINDOW_BINDINGS } from "./bindings-window";

/** Every key of the window. */
export const BINDINGS: Binding[] = [
  ...PHOTO_BINDINGS,
  ...LABEL_BINDINGS,
  ...LOUPE_BINDINGS,
  ...MAP_BINDINGS,
  ...LABEL_MANAGER_BINDINGS,
  ...WINDOW_BINDINGS,
];
/** The headings of the list of keys, in order. */
export const GROUPS: string[] = [...new Set(BINDINGS.map(({ group }) => group))];

/** Bindings that the words of a search describe, or whose key it names. */
export function bindingsFor(searched: string): Binding[] {
  const wanted = searched.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  return BINDINGS.filter(({ does, keys, group, alsoCalled = "" }) => {
    const described = `${does} ${group} ${alsoCalled}`.toLowerCase();
    return words.every((word) => described.includes(word)) || keys.some((key) => key.toLowerCase() === wanted);
  });
}

/** The binding of the first key name that has one in a situation. */
export function bindingOf(names: string[], situation: Situation): Binding | undefined {
  return BINDINGS.find(
    (binding) => (!binding.in || binding.in.includes(situation)) && binding.match.some((name) => names.includes(name)),
  );
}
