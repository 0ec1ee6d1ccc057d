import { Refusal } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { boxTables } from "../evaluation/box-table";
import { type BoxEvaluationQuery, evaluateBoxes } from "../evaluation/evaluate-boxes";
import { printJson, say, warn } from "./output";
import { runJob } from "./run-job";

export interface EvaluateBoxesOptions extends BoxEvaluationQuery {
  json?: boolean;
}

/**
 * `semblance evaluate --boxes`: average precision of a pack's detectors.
 * @param dataset of labels, which can't be given as well
 */
export async function evaluateBoxesCommand(
  dataset: string | undefined,
  { json, boxes, pack, words }: EvaluateBoxesOptions,
): Promise<void> {
  if (dataset !== undefined)
    throw new Refusal("bad-dataset", `Give either --boxes ${boxes} or the dataset ${dataset}, not both.`);
  const evaluation = await evaluateBoxes(dataFolder(), { boxes, pack, words }, { run: runJob, warn });
  if (json) printJson(evaluation);
  else for (const line of boxTables(evaluation).split("\n")) say(line);
}
