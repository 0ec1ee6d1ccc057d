import { formatCount } from "../../src-shared/format-count";
import { chooseModel, goBack, modelsOf } from "../features/learn/choose-model";
import { retrainLibrary, startLearning } from "../features/learn/retrain-library";
import { printJson, say } from "./output";
import { withFolder } from "./session";

/** `semblance retrain`: fits a version to all corrections and labels the folder with it. */
export async function retrainFolder(
  folder: string,
  { strictFiles, json }: { strictFiles?: boolean; json?: boolean },
): Promise<void> {
  startLearning(); // while the library is being opened
  await withFolder(folder, { strictFiles }, async ({ library, run }) => {
    const { model, losses } = await retrainLibrary(library, run);
    if (json) return printJson({ ...model, losses });
    const loss = model.loss
      ? ` Loss on the corrections: ${model.loss.before.toFixed(3)} before, ${model.loss.after.toFixed(3)} after.`
      : "";
    say(
      `Fitted version ${model.model} to ${formatCount(model.verdicts, "verdict")} in ${model.seconds.toFixed(1)} s.${loss}`,
    );
  });
}

/**
 * `semblance models`: lists a folder's versions, latest first; `--use` and `--back` label the folder with one first.
 */
export async function showModels(
  folder: string,
  { use, back, strictFiles, json }: { use?: number; back?: boolean; strictFiles?: boolean; json?: boolean },
): Promise<void> {
  await withFolder(folder, { strictFiles }, async ({ library, run }) => {
    if (use !== undefined) await chooseModel(library, use, run);
    if (back) await goBack(library, run);
    const models = modelsOf(library);
    if (json) return printJson(models);
    for (const { model, current, createdAt, kind, verdicts } of models) {
      const basis = kind === "retrained" ? ` from ${formatCount(verdicts, "verdict")}` : "";
      say(`${current ? "*" : " "} ${String(model).padStart(3)}  ${createdAt}  ${kind}${basis}`);
    }
  });
}
