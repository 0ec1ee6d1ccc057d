import type { Binding, Situation } from "./binding";
import { boxTileBindings } from "./bindings-box-tiles";
import { boxBindings } from "./bindings-boxes";
import { labelBindings, labelManagerBindings } from "./bindings-labels";
import { loupeBindings } from "./bindings-loupe";
import { mapBindings } from "./bindings-map";
import { markBindings } from "./bindings-marks";
import { photoBindings } from "./bindings-photos";
import { windowBindings } from "./bindings-window";

/** Every key of the window. */
export const bindings = (): Binding[] => [
  ...photoBindings(),
  ...markBindings(),
  ...labelBindings(),
  ...loupeBindings(),
  ...boxBindings(),
  ...mapBindings(),
  ...boxTileBindings(),
  ...labelManagerBindings(),
  ...windowBindings(),
];
/** The headings of the list of keys, in order. */
export const bindingGroups = (): string[] => [...new Set(bindings().map(({ group }) => group))];

/** Bindings that the words of a search describe, or whose key it names. */
export function bindingsFor(searched: string): Binding[] {
  const wanted = searched.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  return bindings().filter(({ does, keys, group, alsoCalled = "" }) => {
    const described = `${does} ${group} ${alsoCalled}`.toLowerCase();
    return words.every((word) => described.includes(word)) || keys.some((key) => key.toLowerCase() === wanted);
  });
}

/** The binding of the first key name that has one in a situation. */
export function bindingOf(names: string[], situation: Situation): Binding | undefined {
  return bindings().find(
    (binding) => (!binding.in || binding.in.includes(situation)) && binding.match.some((name) => names.includes(name)),
  );
}
