/** The engine process: plain Node, so that native modules run where they were tested. A host forks it. */
import { answerHost } from "./answer-host";
import { countPixelsAsHeap } from "./pixels-as-heap";
import { createSemblance } from "./semblance";

countPixelsAsHeap();
const { home, folderDialog } = JSON.parse(process.argv[2]) as { home: string; folderDialog: boolean };
await answerHost((emit) => createSemblance({ home, folderDialog, emit }));
