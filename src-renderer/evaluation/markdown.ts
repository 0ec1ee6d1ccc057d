import type { Evaluation } from "../../src-shared/contract";
import { text } from "../messages/text";
import { COLUMNS, namedSettings, tableOf } from "./methods";

const cell = (words: string) => words.replace(/[\\|]/g, "\\$&").replace(/\s+/g, " ");
const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;

/** The evaluation as a Markdown text: a table per setting with intervals, the calibration, and what was not known. */
export function markdownOf(evaluation: Evaluation): string {
  const { dataset, at, pack, photos, calibration, hedging, unknown } = evaluation;
  const parts = [`# ${text("markdown.title", { pack, dataset })}`, text("markdown.about", { count: photos, time: at })];
  for (const { setting, name, what } of namedSettings()) {
    const rows = tableOf(evaluation, setting).filter(({ n }) => n > 0);
    const [first] = rows;
    if (!first) continue;
    parts.push(
      `## ${name}`,
      text("markdown.setting", { what, count: first.n }),
      [
        line(["", ...COLUMNS.map(({ name }) => name)]),
        line(["---", ...COLUMNS.map(() => "---:")]),
        ...rows.map(({ method, cells }) =>
          line([
            method.name,
            ...cells.map((score) => {
              if (!score) return text("evaluation.noScore");
              const value = score.best ? `**${score.value.toFixed(1)}**` : score.value.toFixed(1);
              return score.interval ? `${value} (${score.interval.map((end) => end.toFixed(1)).join("–")})` : value;
            }),
          ]),
        ),
      ].join("\n"),
    );
  }
  parts.push(
    `## ${text("evaluation.calibrationTitle")}`,
    text("markdown.calibrationError", {
      error: calibration.error.toFixed(3),
      low: calibration.interval[0].toFixed(3),
      high: calibration.interval[1].toFixed(3),
    }),
  );
  if (hedging.length > 0) {
    parts.push(
      `## ${text("evaluation.tradeOffTitle")}`,
      [
        line([
          text("markdown.threshold"),
          text("markdown.accuracy"),
          text("markdown.specificity"),
          text("markdown.labelled"),
        ]),
        line(["---:", "---:", "---:", "---:"]),
        ...hedging.map(({ threshold, accuracy, specificity, labelled }) =>
          line([threshold.toFixed(2), accuracy.toFixed(3), specificity.toFixed(3), labelled.toFixed(3)]),
        ),
      ].join("\n"),
    );
  }
  if (unknown.length > 0)
    parts.push(
      `## ${text("evaluation.unknownTitle")}`,
      unknown.map(({ label, photos: n }) => `- ${label} (${n})`).join("\n"),
    );
  return `${parts.join("\n\n")}\n`;
}
