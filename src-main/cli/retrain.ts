import { Refusal } from "../../src-shared/refusal";
import { readyToFit } from "../devise/fit-in-worker";
import { learn } from "../features/learn/learn";
import { putBackEarlier, settledModel } from "../store/earlier-labels";
import { listModels } from "../store/models";
import { rankAll } from "../workspace/label-folder";
import { changeModel } from "../workspace/open-workbench";
import { needsPack } from "../workspace/workbench";
import { check, printJson, type Session, withFolder } from "./session";

const quiet = { changed: () => undefined };

/** `semblance retrain`: learns from all corrections and labels the folder again. */
export async function retrainFolder(folder: string, { json }: { json?: boolean }): Promise<void> {
  readyToFit(); // starts while the library is opened
  await withFolder(folder, {}, async ({ bench, jobs }) => {
    needsPack(bench);
    const losses: number[] = [];
    await jobs.run("retrain", async (job) => {
      const { message } = await learn(bench, job, { ...quiet, loss: ({ loss }) => losses.push(loss) });
      return message;
    }).finished;
    check(jobs);
    const model = listModels(bench.library).find(({ current }) => current)!;
    if (json) printJson({ ...model, losses });
    else {
      const loss = model.loss
        ? `; loss on the corrections ${model.loss.before.toFixed(3)} before, ${model.loss.after.toFixed(3)} after`
        : "";
      console.log(
        `Model ${model.model} learned from ${model.verdicts} verdicts in ${model.seconds.toFixed(1)} s${loss}.`,
      );
    }
  });
}

/**
 * `semblance models`: lists a folder's models, latest first; with `--use` or `--back`, labels the folder with one of
 * them.
 */
export async function listModelsOf(
  folder: string,
  { use, back, json }: { use?: number; back?: boolean; json?: boolean },
): Promise<void> {
  await withFolder(folder, {}, async (session) => {
    if (use !== undefined) await takeIntoUse(session, use);
    if (back) await goBack(session);
    const models = listModels(session.bench.library);
    if (json) return printJson(models);
    for (const { model, current, createdAt, kind, verdicts } of models) {
      console.log(
        `${current ? "*" : " "} ${String(model).padStart(3)}  ${createdAt}  ${kind}${kind === "retrained" ? ` from ${verdicts} verdicts` : ""}`,
      );
    }
  });
}

/** Where labelling the library again took the model into use, the labels from before that are put back. */
async function goBack(session: Session): Promise<void> {
  const { library, model } = session.bench;
  if (model.model <= (settledModel(library) ?? 0)) putBackEarlier(library);
  else await takeIntoUse(session, modelBefore(session));
}

/** @throws Refusal `no-model` when the one in use is the first */
function modelBefore({ bench: { library, model } }: Session): number {
  const earlier = listModels(library).find((each) => each.model < model.model);
  if (!earlier)
    throw new Refusal("no-model", `model ${model.model} is the first of ${library.folder}: there is none before it`);
  return earlier.model;
}

async function takeIntoUse({ bench, jobs }: Session, model: number): Promise<void> {
  await changeModel(bench, model);
  await jobs.run("rank", (job) => rankAll(bench, job, quiet)).finished;
  check(jobs);
}
