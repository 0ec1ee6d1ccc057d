import type { ModelId, ModelInfo } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import type { RunJob } from "../../base/jobs";
import { relabelledModel, restoreSnapshot } from "../../store/label-snapshot";
import { listModels } from "../../store/models";
import { rankAll } from "../../workspace/label-folder";
import type { OpenLibrary } from "../../workspace/open-library";
import { changeModel } from "../../workspace/prepare-library";

/** A library's versions, latest first. */
export const modelsOf = ({ store }: OpenLibrary): ModelInfo[] => listModels(store);

/** Labels all photos with an earlier version. @throws Refusal `no-model`, or of `run` */
export async function chooseModel(library: OpenLibrary, model: ModelId, run: RunJob): Promise<void> {
  await changeModel(library, model);
  await run("rank", (job) => rankAll(library, job, { changed: () => undefined }));
}

/**
 * Goes back to the version before the one in use. If a better pack relabelled the library since, its labels from before
 * are restored.
 * @throws Refusal `no-model` when the version in use is the first
 */
export async function goBack(library: OpenLibrary, run: RunJob): Promise<void> {
  const { store, model } = library;
  if (model.model <= (relabelledModel(store) ?? 0)) return restoreSnapshot(store);
  const earlier = listModels(store).find((each) => each.model < model.model);
  if (!earlier) throw new Refusal("no-model", `Version ${model.model} is the first of ${store.folder}.`);
  await chooseModel(library, earlier.model, run);
}
