/**
 * One operation on a small library, in a process of its own that can be killed at any system call. Prints a line once
 * what it did is acknowledged: each verdict, then "done".
 */
import { writeSync } from "node:fs";
import type { OwnFormat } from "../../src-main/base/refuse-target";
import { writeAtomic } from "../../src-main/base/write-file";
import { copyFolderLibrary, openCopiedLibrary } from "../../src-main/features/libraries/library-copies";
import { closeStore, openStore } from "../../src-main/store/database";
import { backupsOf, restoreLibrary } from "../../src-main/store/restore";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import type { LabelId } from "../../src-shared/contract";
import type { OperationName } from "./killed-operations";
import { photosIn } from "./small-libraries";

const [operation, home, folder, file] = process.argv.slice(2) as [OperationName, string, string, string];

/** Lines of a photo's number and a label. */
const VERDICTS: OwnFormat = { name: "a list of verdicts", isOurs: (head) => /^(\d+,|end\r)/.test(head.toString()) };

const OPERATIONS: Record<OperationName, () => unknown> = {
  annotate() {
    const store = openStore({ home, folder });
    const label: LabelId = "own:later";
    for (const photo of photosIn(store)) {
      annotate(store, { photos: [photo], label, verdict: "accept", name: "later" });
      acknowledge(`${photo} ${label}`);
    }
    closeStore(store);
  },
  "open-copy": () => openCopiedLibrary({ home, file, folder, replace: false }),
  "open-copy --replace": () => openCopiedLibrary({ home, file, folder, replace: true }),
  restore: () => restoreLibrary({ home, folder, copy: backupsOf(home, folder)[0].copy }),
  "restore --empty": () => restoreLibrary({ home, folder, copy: null }),
  migrate: () => closeStore(openStore({ home, folder })),
  relocate: () => closeStore(openStore({ home, folder })),
  copy: () => copyFolderLibrary(home, folder, file, true),
  async export() {
    const store = openStore({ home, folder });
    await writeAtomic({ home, file, format: VERDICTS, overwrite: true }, async (handle) => {
      for (const { photo, label } of currentAnnotations(store)) await handle.writeFile(`${photo},${label}\r\n`);
      await handle.writeFile("end\r\n");
    });
    closeStore(store);
  },
};

function acknowledge(line: string): void {
  writeSync(1, `${line}\n`);
}

await OPERATIONS[operation]();
acknowledge("done");
