/** The engine process: plain Node, so that native modules run where they were tested. A host forks it. */
import { countPixelsAsHeap } from "../base/pixels-as-heap";
import { answerHost } from "./answer-host";
import { createSemblance } from "./semblance";

countPixelsAsHeap();
const { home, folderDialog } = JSON.parse(process.argv[2]) as { home: string; folderDialog: boolean };
await answerHost((emit) => createSemblance({ home, folderDialog, emit }));
