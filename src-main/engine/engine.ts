/** The engine process. A host forks it in plain Node, for which the native modules are built. */
import { trackPixelMemory } from "../base/pixel-memory";
import { serveHost } from "./engine-channel";
import { createSemblance } from "./semblance";

trackPixelMemory();
const { home, folderDialog } = JSON.parse(process.argv[2]!) as { home: string; folderDialog: boolean };
await serveHost((emit) => createSemblance({ home, folderDialog, emit }));
