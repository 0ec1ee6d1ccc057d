import type { MethodName, MethodScores } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { HIT_KS, PRECISION_KS } from "./metrics";
import type { AccuracySpecificityPoint, Calibration } from "./reliability";
import type { ScoresBySetting } from "./score";
import { type SettingName, SETTINGS } from "./settings";

/** Rows of the paper's tables, in order. */
export const METHOD_TITLES: Record<MethodName, string> = {
  softmax: "Softmax baseline",
  devise: "DeViSE",
  random: "Random embedding",
  l2: "L2 loss",
  conse: "ConSE(10)",
  semblance: "Semblance",
};
export const METHOD_NAMES = Object.keys(METHOD_TITLES) as MethodName[];
export const COLUMNS = [
  ...HIT_KS.map((k) => ({ metric: "hit" as const, k })),
  ...PRECISION_KS.map((k) => ({ metric: "precision" as const, k })),
];

/** A setting's title, with its numbers of photos and labels. */
export function settingTitle(name: SettingName, photos: number, labels: number): string {
  const of = formatCount(photos, "photo");
  switch (name) {
    case "seen":
      return `Seen: ${of} of the pack's classes, ranked among these ${labels} classes`;
    case "unseen":
      return `Unseen: ${of} of other labels, ranked among ${labels} such labels`;
    case "generalised":
      return `Generalised: the same ${of}, ranked among all ${labels} labels`;
    case "generalisedSeen":
      return `Generalised, seen: ${of} of the pack's classes, ranked among all ${labels} labels`;
  }
}

export const valueOf = (
  scores: MethodScores,
  { metric, k }: (typeof COLUMNS)[number],
): { value: number; low: number; high: number } => {
  const [low, high] = scores.ci[`${metric}@${k}`];
  return { value: scores[metric][k], low, high };
};

/** Photos of a setting; 0 if it has none. */
export const photosIn = (methods: Record<MethodName, ScoresBySetting>, name: SettingName): number =>
  methods.softmax[name]?.n ?? 0;

/** Markdown tables, one per setting: percent, with the bootstrap 95% interval in brackets. */
export function markdownTables(
  methods: Record<MethodName, ScoresBySetting>,
  candidates: Record<SettingName, number>,
): string {
  return SETTINGS.filter((name) => photosIn(methods, name) > 0)
    .map((name) => {
      const header = ["", ...COLUMNS.map(({ metric, k }) => (metric === "hit" ? `hit@${k}` : `prec@${k}`))];
      const rows = METHOD_NAMES.map((method) => {
        const scores = methods[method][name]!;
        return [
          METHOD_TITLES[method],
          ...COLUMNS.map((column) => {
            const { value, low, high } = valueOf(scores, column);
            return `${value.toFixed(1)} (${low.toFixed(0)}–${high.toFixed(0)})`;
          }),
        ];
      });
      return `${settingTitle(name, photosIn(methods, name), candidates[name])}\n\n${aligned([header, ...rows])}`;
    })
    .join("\n\n");
}

/** Thresholds shown in the trade-off table. */
const PRINTED = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];
export const TRADEOFF_HEADER = ["Minimum confidence", "photos with a label", "accuracy", "specificity"];

/** One row per threshold: percent, and specificity 0..1. */
export const tradeoffRows = (hedging: AccuracySpecificityPoint[]): string[][] =>
  hedging
    .filter(({ threshold }) => PRINTED.includes(threshold))
    .map(({ threshold, labelled, accuracy, specificity }) => [
      `${Math.round(100 * threshold)}%`,
      `${(100 * labelled).toFixed(1)}%`,
      `${(100 * accuracy).toFixed(1)}%`,
      specificity.toFixed(2),
    ]);

export const calibrationSentence = ({ error, interval: [low, high] }: Calibration): string =>
  `Expected calibration error of the labels shown: ${error.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)}).`;

/** The reliability section in Markdown. */
export const reliabilityMarkdown = ({
  hedging,
  calibration,
}: {
  hedging: AccuracySpecificityPoint[];
  calibration: Calibration;
}): string =>
  "Accuracy–specificity trade-off of each photo's first label\n\n" +
  `${aligned([TRADEOFF_HEADER, ...tradeoffRows(hedging)])}\n\n${calibrationSentence(calibration)}`;

/** A Markdown table with columns of equal width; the first is aligned to the left, others to the right. */
export function aligned([header, ...rows]: string[][]): string {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, c) => (c === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/**
 * Harmonic mean of hit@1 for unseen and seen photos among all labels (Xian et al. 2018), in percent; null unless both
 * exist.
 */
export function harmonicMean({ generalised, generalisedSeen }: ScoresBySetting): number | null {
  if (!generalised || !generalisedSeen) return null;
  const [a, b] = [generalised.hit[1], generalisedSeen.hit[1]];
  return a + b === 0 ? 0 : (2 * a * b) / (a + b);
}
