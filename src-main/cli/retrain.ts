import { Refusal } from "../../src-shared/refusal";
import { warmUpFitWorker } from "../devise/fit-in-worker";
import { learn } from "../features/learn/learn";
import { relabelledModel, restoreSnapshot } from "../store/label-snapshot";
import { listModels } from "../store/models";
import { rankAll } from "../workspace/label-folder";
import { requirePack } from "../workspace/open-library";
import { changeModel } from "../workspace/prepare-library";
import { check, printJson, type Session, withFolder } from "./session";

const quiet = { changed: () => undefined };

/** `semblance retrain`: learns from all corrections and labels the folder again. */
export async function retrainFolder(folder: string, { json }: { json?: boolean }): Promise<void> {
  warmUpFitWorker(); // starts while the library is opened
  await withFolder(folder, {}, async ({ library, jobs }) => {
    requirePack(library);
    const losses: number[] = [];
    await jobs.run("retrain", async (job) => {
      const { message } = await learn(library, job, { ...quiet, loss: ({ loss }) => losses.push(loss) });
      return message;
    }).finished;
    check(jobs);
    const model = listModels(library.store).find(({ current }) => current)!;
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
    const models = listModels(session.library.store);
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
  const { store, model } = session.library;
  if (model.model <= (relabelledModel(store) ?? 0)) restoreSnapshot(store);
  else await takeIntoUse(session, modelBefore(session));
}

/** @throws Refusal `no-model` when the one in use is the first */
function modelBefore({ library: { store, model } }: Session): number {
  const earlier = listModels(store).find((each) => each.model < model.model);
  if (!earlier)
    throw new Refusal("no-model", `model ${model.model} is the first of ${store.folder}: there is none before it`);
  return earlier.model;
}

async function takeIntoUse({ library, jobs }: Session, model: number): Promise<void> {
  await changeModel(library, model);
  await jobs.run("rank", (job) => rankAll(library, job, quiet)).finished;
  check(jobs);
}
