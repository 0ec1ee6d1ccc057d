/** The engine process: plain Node, so that native modules run where they were tested. A host forks it. */
import { answerHost } from "./answer-host";
import { createSemblance } from "./semblance";

const { home, folderDialog } = JSON.parse(process.argv[2]) as { home: string; folderDialog: boolean };
await answerHost((emit) => createSemblance({ home, folderDialog, emit }));
