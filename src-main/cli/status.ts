import { formatCount } from "../../src-shared/format-count";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { programVersion } from "../base/program-folder";
import { libraryStatus, probeBackends } from "../features/libraries/status";
import { printJson, say } from "./output";
import { withFolder } from "./session";

/** `semblance status`: a library's counts, and which backend runs each kind of work on this computer, and why. */
export async function showStatus(
  folder: string | undefined,
  { strictFiles, json }: { strictFiles?: boolean; json?: boolean },
): Promise<void> {
  const library =
    folder === undefined
      ? null
      : await withFolder(folder, { strictFiles }, async ({ library }) => libraryStatus(library));
  const backends = await probeBackends(library?.pack ?? defaultPack(), dataFolder());
  const status = {
    version: programVersion(),
    node: process.version,
    dataFolder: dataFolder(),
    backends,
    ...library?.info,
  };
  if (json) return printJson(status);
  say(`Semblance ${status.version}, Node ${status.node}, data in ${status.dataFolder}`);
  for (const { work, backend, why } of backends) say(`  ${work}: ${backend} (${why})`);
  if (!library) return;
  const { photos, labelled, failed, verdicts, model, pack, labelSet, folder: root } = library.info;
  say(
    `${root}: ${formatCount(photos, "photo")}, ${labelled} labelled, ` +
      `${formatCount(failed, "unreadable file")}, ${formatCount(verdicts, "verdict")}`,
  );
  say(
    `  version ${model.model} (${model.kind}), pack ${pack.name}, label set ${labelSet.name} (${labelSet.size} labels)`,
  );
}
