import type { Evaluation, MethodName, MethodScores } from "../../src-shared/contract";

/** The rows of the table, in its order, and how their curves look. */
export const METHODS: { method: MethodName; text: string; color: string; dash: number[]; what: string }[] = [
  {
    method: "softmax",
    text: "Softmax baseline",
    color: "var(--curve-softmax)",
    dash: [7, 4],
    what: "the visual model's own classes",
  },
  {
    method: "devise",
    text: "DeViSE",
    color: "var(--curve-devise)",
    dash: [],
    what: "photos among words, fitted by hinge rank loss",
  },
  {
    method: "random",
    text: "Random embedding",
    color: "var(--curve-random)",
    dash: [2, 3],
    what: "the same among random vectors: a control",
  },
  { method: "l2", text: "L2", color: "var(--curve-l2)", dash: [9, 3, 2, 3], what: "the same, fitted by least squares" },
  {
    method: "conse",
    text: "ConSE(10)",
    color: "var(--curve-conse)",
    dash: [],
    what: "the words of the ten likeliest classes, weighed",
  },
  {
    method: "semblance",
    text: "Semblance",
    color: "var(--accent-text)",
    dash: [],
    what: "the ranking of this program",
  },
];

export type Setting = "seen" | "unseen" | "generalised";
export const SETTINGS: { setting: Setting; text: string; what: string }[] = [
  { setting: "seen", text: "Seen", what: "Photos whose label is a class of the visual model, ranked among those." },
  {
    setting: "unseen",
    text: "Unseen",
    what: "Photos whose label the visual model was never trained on, ranked among such labels of the dataset.",
  },
  {
    setting: "generalised",
    text: "Generalised",
    what: "The same photos, ranked among those labels and all classes of the visual model.",
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
      return { value, interval: scores?.ci[name] ?? null, best: shown(value) === shown(best[column]) };
    }),
  }));
}
