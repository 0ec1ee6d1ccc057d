import { resolve } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { exportLabeller } from "../exchange/export-labeller";
import { MAX_PREDICTED_LABELS } from "../workspace/max-predicted-labels";
import { printJson, say } from "./output";
import { type Session } from "./session";

export interface LabellerOptions {
  labeller: string;
  top: number;
  threshold: number;
  overwrite: boolean;
  json?: boolean;
}

/**
 * `semblance export --labeller`: what labels a folder, as one ONNX file.
 * @throws Refusal `bad-output` if `top` exceeds the labels that are kept per photo
 */
export async function exportLabellerOf(
  { library, jobs }: Session,
  { labeller, top, threshold, overwrite, json }: LabellerOptions,
): Promise<void> {
  if (top > MAX_PREDICTED_LABELS)
    throw new Refusal("bad-output", `--top ${top} is too many: ${MAX_PREDICTED_LABELS} labels per photo are kept.`);
  const written = await exportLabeller(library, jobs, { file: resolve(labeller), top, threshold, overwrite });
  if (json) printJson(written);
  else
    say(
      `Labeller ${written.labeller} with ${written.labels} labels written to ${written.file} (${(written.bytes / 1e6).toFixed(1)} MB)`,
    );
}
