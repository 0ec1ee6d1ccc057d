import type { Evaluation, MethodName, MethodScores } from "../../src-shared/contract";
import { text } from "../messages/text";

/** The rows of the table, in its order, and how their curves look. */
const METHODS: { method: MethodName; color: string; dash: number[] }[] = [
  { method: "softmax", color: "var(--curve-softmax)", dash: [7, 4] },
  { method: "devise", color: "var(--curve-devise)", dash: [] },
  { method: "random", color: "var(--curve-random)", dash: [2, 3] },
  { method: "l2", color: "var(--curve-l2)", dash: [9, 3, 2, 3] },
  { method: "conse", color: "var(--curve-conse)", dash: [] },
  { method: "semblance", color: "var(--accent-text)", dash: [] },
];

/** The same with their names. */
export const namedMethods = () =>
  METHODS.map((row) => ({
    ...row,
    name: text(`evaluation.${row.method}`),
    what: text(`evaluation.${row.method}Hint`),
  }));

const SETTINGS = ["seen", "unseen", "generalised"] as const;
export type Setting = (typeof SETTINGS)[number];

export const namedSettings = () =>
  SETTINGS.map((setting) => ({
    setting,
    name: text(`evaluation.${setting}`),
    what: text(`evaluation.${setting}Hint`),
  }));

export const HIT_KS = [1, 2, 5, 10, 20];
export const PRECISION_KS = [2, 5, 10, 20];

export interface Column {
  measure: "hit" | "precision";
  k: number;
  name: string;
}
export const COLUMNS: Column[] = [
  ...HIT_KS.map((k) => ({ measure: "hit" as const, k, name: `hit@${k}` })),
  ...PRECISION_KS.map((k) => ({ measure: "precision" as const, k, name: `precision@${k}` })),
];

/**
 * One cell: percent, its 95 % interval, and whether no method does better. Null where the method has no such figure.
 */
export interface Score {
  value: number;
  interval: [number, number] | null;
  best: boolean;
}

export const scoresOf = ({ methods }: Evaluation, method: MethodName, setting: Setting): MethodScores | null =>
  methods[method]?.[setting] ?? null;

/** The figures of a setting, a row per method that was measured, a cell per column. */
export function tableOf(
  evaluation: Evaluation,
  setting: Setting,
): { method: ReturnType<typeof namedMethods>[number]; n: number; cells: (Score | null)[] }[] {
  const shown = (value: number) => value.toFixed(1); // what reads alike is alike good
  const measured = namedMethods()
    .filter(({ method }) => evaluation.methods[method])
    .map((method) => ({
      method,
      scores: scoresOf(evaluation, method.method, setting),
    }));
  const best = COLUMNS.map(({ measure, k }) => Math.max(...measured.map(({ scores }) => scores?.[measure][k] ?? -1)));
  return measured.map(({ method, scores }) => ({
    method,
    n: scores?.n ?? 0,
    cells: COLUMNS.map(({ measure, k, name }, column) => {
      const value = scores?.[measure][k];
      if (value === undefined) return null;
      return { value, interval: scores?.ci[name] ?? null, best: shown(value) === shown(best[column]!) };
    }),
  }));
}
