import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { programVersion } from "../base/program-folder";
import { packFolder } from "../base/resources";
import { startTensorFlow } from "../devise/tensorflow";
import { hnswState } from "../math/nearest";
import { settingsOf } from "../store/settings";
import { readPack } from "../vision/pack";
import { loadVisualModel } from "../vision/visual-model";
import { libraryInfo } from "../workspace/library-info";
import { printJson, withFolder } from "./session";

/** `semblance status`: what is known of a folder, and which backends serve here and why. */
export async function showStatus(folder: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const library =
    folder === undefined
      ? null
      : await withFolder(folder, {}, async ({ library }) => ({
          ...libraryInfo(library),
          packName: settingsOf(library.store).pack,
        }));
  const backends = await probe(library?.packName ?? defaultPack());
  const status = {
    version: programVersion(),
    node: process.version,
    dataFolder: dataFolder(),
    backends,
    ...(library ? without(library) : {}),
  };
  if (json) return printJson(status);
  console.log(`Semblance ${status.version}, Node ${status.node}, data in ${status.dataFolder}`);
  for (const { work, backend, why } of backends) console.log(`  ${work}: ${backend} (${why})`);
  if (!library) return;
  console.log(
    `${library.folder}: ${library.photos} photos, ${library.labelled} labelled, ${library.failed} files could not be read, ${library.verdicts} verdicts`,
  );
  console.log(
    `  model ${library.model.model} (${library.model.kind}), pack ${library.pack.name}, labels ${library.labelSet.name} (${library.labelSet.size})`,
  );
}

const without = <T extends { packName: string }>({ packName: _, ...rest }: T) => rest;

/** Starts each backend as the work itself would. */
async function probe(pack: string) {
  const visual = await loadVisualModel(readPack(packFolder(pack)));
  const learning = await startTensorFlow();
  const hnsw = await hnswState();
  await visual.dispose();
  return [
    { work: "features of photos", backend: visual.backend.name, why: visual.backend.why },
    { work: "learning", backend: learning.name, why: learning.why },
    { work: "nearest labels", backend: hnsw.available ? "HNSW" : "exact product", why: hnsw.why },
  ];
}
