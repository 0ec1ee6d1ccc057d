import { dataFolder } from "../base/data-folder";
import { createSemblance } from "../engine/semblance";
import { announce } from "./announce";
import { serveWindow } from "./web";

/**
 * Serves the window on this computer until SIGINT or SIGTERM; resolves when it is ready.
 * @param port 0 lets the system choose
 * @throws Refusal `port-in-use`, or of `openLibrary`
 */
export async function serve(folder: string | undefined, port: number): Promise<void> {
  const served = await serveWindow({
    create: (emit) => createSemblance({ home: dataFolder(), folderDialog: false, emit }),
    port,
    folder,
  });
  const endAnnouncing = announce(served);
  const stop = () => {
    endAnnouncing();
    void served.close();
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
}
