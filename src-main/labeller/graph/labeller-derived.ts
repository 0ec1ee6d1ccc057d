import { MIN_DERIVED_CONFIDENCE } from "../../devise/concepts";
import type { Composition } from "../../vision/onnx-compose";
import type { ConceptSource } from "../concept-source";
import { columns, complement, composeCapGuess, rounded, times } from "./labeller-arithmetic";
import type { LightValues } from "./labeller-light";

/** Names of the values that rules take their parts from. */
interface RuleParts {
  /** `[n, S]` */
  scenes: string;
  light: LightValues | null;
  /** `[1, 1]`; null without a detector. */
  vehicle(): string | null;
}

/**
 * Derived scenes; see `derivedScenes`. @param over labels of each rule @returns `[n, rules]` for the rules whose
 * required parts are known, with their labels
 */
export function composeDerived(
  g: Composition,
  { rules, scenes }: ConceptSource & { kind: "derived" },
  over: Int32Array[],
  parts: RuleParts,
): { right: string; said: string; over: Int32Array[] } {
  const part = (name: string): string[] => {
    if (name === "vehicle") return one(parts.vehicle());
    if (name === "sunset light") return one(parts.light?.sunset);
    if (name === "night light") return one(parts.light?.night);
    const s = scenes.classes.findIndex((each) => each.name === name);
    return s < 0 ? [] : [columns(g, parts.scenes, [s])];
  };
  const product = (values: string[]) => values.reduce((a, b) => g.node("Mul", [a, b]));
  const derived = rules.flatMap(({ reliability, all, any, none }, r) => {
    const [needed, either, barred] = [all.flatMap(part), any.flatMap(part), none.flatMap(part)];
    if (needed.length < all.length || (any.length > 0 && either.length === 0)) return [];
    const factors = [
      ...needed,
      ...(either.length > 0 ? [complement(g, product(either.map((p) => complement(g, p))))] : []),
      ...barred.map((p) => complement(g, p)),
    ];
    return [{ probability: times(g, product(factors), reliability), over: over[r] }];
  });
  if (derived.length === 0) return { right: "", said: "", over: [] };
  const right = rounded(
    g,
    derived.length === 1
      ? derived[0].probability
      : g.node(
          "Concat",
          derived.map(({ probability }) => probability),
          { axis: 1 },
        ),
  );
  return {
    right,
    said: rounded(g, composeCapGuess(g, right, [MIN_DERIVED_CONFIDENCE])),
    over: derived.map((each) => each.over),
  };
}

const one = (value: string | null | undefined): string[] => (value ? [value] : []);
