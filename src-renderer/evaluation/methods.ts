import type { Evaluation, MethodName, MethodScores } from "../../src-shared/contract";
import { text } from "../messages/text";

/** The rows of the table, in its order, and how their curves look. */
export const METHODS: { method: MethodName; name: string; color: string; dash: number[]; what: string }[] = [
  {
    method: "softmax",
    name: text("evaluation.softmax"),
    color: "var(--curve-softmax)",
    dash: [7, 4],
    what: text("evaluation.softmaxHint"),
  },
  {
    method: "devise",
    name: text("evaluation.devise"),
    color: "var(--curve-devise)",
    dash: [],
    what: text("evaluation.deviseHint"),
  },
  {
    method: "random",
    name: text("evaluation.random"),
    color: "var(--curve-random)",
    dash: [2, 3],
    what: text("evaluation.randomHint"),
  },
  {
    method: "l2",
    name: text("evaluation.l2"),
    color: "var(--curve-l2)",
    dash: [9, 3, 2, 3],
    what: text("evaluation.l2Hint"),
  },
  {
    method: "conse",
    name: text("evaluation.conse"),
    color: "var(--curve-conse)",
    dash: [],
    what: text("evaluation.conseHint"),
  },
  {
    method: "semblance",
    name: text("evaluation.semblance"),
    color: "var(--accent-text)",
    dash: [],
    what: text("evaluation.semblanceHint"),
  },
];

export type Setting = "seen" | "unseen" | "generalised";
export const SETTINGS: { setting: Setting; name: string; what: string }[] = [
  { setting: "seen", name: text("evaluation.seen"), what: text("evaluation.seenHint") },
  {
    setting: "unseen",
    name: text("evaluation.unseen"),
    what: text("evaluation.unseenHint"),
  },
  {
    setting: "generalised",
    name: text("evaluation.generalised"),
    what: text("evaluation.generalisedHint"),
  },
];

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
): { method: (typeof METHODS)[number]; n: number; cells: (Score | null)[] }[] {
  const shown = (value: number) => value.toFixed(1); // what reads alike is alike good
  const measured = METHODS.filter(({ method }) => evaluation.methods[method]).map((method) => ({
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
