import type { LabelId } from "../../src-shared/contract";
import { readCorrections } from "../exchange/csv-corrections";
import { insideRoot } from "../store/named-files";
import { photoAt } from "../store/photos";
import { recordAll } from "../store/verdicts";
import { printJson, scanAndLabel, withFolder } from "./session";

/**
 * `semblance correct`: takes verdicts from a CSV as one step that can be undone. Exit code 1 where a line was refused.
 */
export async function correctFolder(folder: string, file: string, { json }: { json?: boolean }): Promise<void> {
  const { rows, refused } = await readCorrections(file);
  await withFolder(folder, {}, async (session) => {
    const {
      library: { store, lexicon },
    } = session;
    // perhaps they are new
    if (rows.some(({ path }) => photoAt(store, insideRoot(store.folder, path)) === null)) await scanAndLabel(session);
    const judgements: { photo: number; label: LabelId; verdict: "accept" | "reject" }[] = [];
    for (const { line, path, label, verdict } of rows) {
      const photo = photoAt(store, insideRoot(store.folder, path));
      if (photo === null) refused.push({ line, reason: `there is no photo ${path} in ${store.folder}` });
      else judgements.push({ photo, label: lexicon.meant(label), verdict });
    }
    const changed = recordAll(store, judgements, {
      source: "import: CSV",
      describe: (n) => `Take ${n} verdicts from ${file}`,
    });
    refused.sort((a, b) => a.line - b.line);
    if (json) printJson({ applied: judgements.length, changed, refused });
    else {
      console.log(
        `${judgements.length} verdicts applied${changed < judgements.length ? `, ${judgements.length - changed} of them stood already` : ""}, ${refused.length} lines refused`,
      );
      for (const { line, reason } of refused) console.error(`  line ${line}: ${reason}`);
    }
    if (refused.length > 0) process.exitCode = 1;
  });
}
