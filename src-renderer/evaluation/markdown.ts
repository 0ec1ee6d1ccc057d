import type { Evaluation } from "../../src-shared/contract";
import { COLUMNS, SETTINGS, tableOf } from "./methods";

const cell = (text: string) => text.replace(/[\\|]/g, "\\$&").replace(/\s+/g, " ");
const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;

/** The evaluation as a Markdown text: a table per setting with intervals, the calibration, and what was not known. */
export function markdownOf(evaluation: Evaluation): string {
  const { dataset, at, pack, photos, calibration, hedging, unknown } = evaluation;
  const parts = [
    `# Evaluation of ${pack} on ${dataset}`,
    `${photos} photos, ${at}. Percent, with bootstrap 95 % intervals; the best of a column is bold.`,
  ];
  for (const { setting, text, what } of SETTINGS) {
    const rows = tableOf(evaluation, setting).filter(({ n }) => n > 0);
    if (rows.length === 0) continue;
    parts.push(
      `## ${text}`,
      `${what} ${rows[0].n} photos.`,
      [
        line(["", ...COLUMNS.map(({ name }) => name)]),
        line(["---", ...COLUMNS.map(() => "---:")]),
        ...rows.map(({ method, cells }) =>
          line([
            method.text,
            ...cells.map((score) => {
              if (!score) return "–";
              const value = score.best ? `**${score.value.toFixed(1)}**` : score.value.toFixed(1);
              return score.interval ? `${value} (${score.interval.map((end) => end.toFixed(1)).join("–")})` : value;
            }),
          ]),
        ),
      ].join("\n"),
    );
  }
  parts.push(
    "## Calibration",
    `Expected calibration error ${calibration.error.toFixed(3)} (${calibration.interval.map((end) => end.toFixed(3)).join("–")}).`,
  );
  if (hedging.length > 0) {
    parts.push(
      "## Accuracy against specificity",
      [
        line(["threshold", "right", "specificity", "photos with a label"]),
        line(["---:", "---:", "---:", "---:"]),
        ...hedging.map(({ threshold, accuracy, specificity, labelled }) =>
          line([threshold.toFixed(2), accuracy.toFixed(3), specificity.toFixed(3), labelled.toFixed(3)]),
        ),
      ].join("\n"),
    );
  }
  if (unknown.length > 0)
    parts.push("## Unknown labels", unknown.map(({ label, photos: n }) => `- ${label} (${n})`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
