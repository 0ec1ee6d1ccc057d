import { dataFolder } from "../base/data-folder";
import { type DatasetEvaluation, type DatasetEvaluationQuery, evaluateDataset } from "../evaluation/evaluate-dataset";
import { tryReport, writeReport } from "../evaluation/report-file";
import { harmonicMean, markdownTables, METHOD_NAMES, METHOD_TITLES, reliabilityMarkdown } from "../evaluation/table";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

export interface EvaluateOptions extends DatasetEvaluationQuery {
  json?: boolean;
  report?: string;
}

/** `semblance evaluate`: the paper's comparisons on labelled photos. */
export async function evaluateCommand(
  dataset: string | undefined,
  { json, report, ...query }: EvaluateOptions,
): Promise<void> {
  const home = dataFolder();
  if (report !== undefined) tryReport(home, report);
  const evaluation = await evaluateDataset(home, dataset ?? null, query, { run: runJob, warn });
  if (report !== undefined) await writeReport(home, report, evaluation);
  const { about, methods, candidates, trust } = evaluation;
  if (json) printJson({ methods, ...about, candidates, ...trust });
  else printTables(evaluation);
}

function printTables({ about, methods, candidates, trust }: DatasetEvaluation): void {
  const { devise, others } = about.fitted;
  for (const line of markdownTables(methods, candidates).split("\n")) say(line);
  say("");
  say(
    `Percent, with 95 % intervals from a bootstrap over photos. DeViSE: ${devise}; Random embedding and L2: ${others}.`,
  );
  if (trust) for (const line of ["", ...reliabilityMarkdown(trust).split("\n")]) say(line);
  const means = METHOD_NAMES.flatMap((name) => {
    const mean = harmonicMean(methods[name]);
    return mean === null ? [] : `${METHOD_TITLES[name]} ${mean.toFixed(1)}`;
  });
  if (means.length > 0) say(`Harmonic mean of unseen and seen hit@1 among all labels: ${means.join(", ")}.`);
}
