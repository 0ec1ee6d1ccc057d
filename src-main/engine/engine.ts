/** The engine process: plain Node, so that native modules run where they were tested. A host forks it. */
import { trackPixelMemory } from "../base/pixel-memory";
import { serveHost } from "./engine-channel";
import { createSemblance } from "./semblance";

trackPixelMemory();
const { home, folderDialog } = JSON.parse(process.argv[2]!) as { home: string; folderDialog: boolean };
await serveHost((emit) => createSemblance({ home, folderDialog, emit }));
