import type { About, LibraryInfo } from "../../../src-shared/contract";
import { packFolder } from "../../base/resources";
import { startTensorFlow } from "../../devise/tensorflow";
import { hnswState } from "../../math/nearest";
import { readPack } from "../../vision/pack";
import { loadVisualModel } from "../../vision/visual-model";
import { libraryInfo } from "../../workspace/library-info";
import type { OpenLibrary } from "../../workspace/open-library";

/** A library's counts, and the folder of the pack that labels it or, if that is missing, of the one it offers. */
export const libraryStatus = (library: OpenLibrary): { info: LibraryInfo; pack: string } => ({
  info: libraryInfo(library),
  pack: (library.isPackMissing ? library.better!.pack : library.pack).folder,
});

/**
 * Starts each backend in the way that the work itself does, so that the answer is what photos would get.
 * @param pack a pack's name or a folder
 * @param home the data folder
 * @throws Refusal `no-pack`, `bad-pack`
 */
export async function probeBackends(pack: string, home: string): Promise<About["backends"]> {
  const visual = await loadVisualModel(readPack(packFolder(pack, home)));
  const learning = await startTensorFlow();
  const hnsw = await hnswState();
  await visual.dispose();
  return [
    { work: "features of photos", backend: visual.backend.name, why: visual.backend.why },
    { work: "learning", backend: learning.name, why: learning.why },
    { work: "nearest labels", backend: hnsw.available ? "HNSW" : "exact product", why: hnsw.why },
  ];
}
