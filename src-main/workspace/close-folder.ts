import type { Jobs } from "../base/jobs";
import { closeStore } from "../store/database";
import type { OpenFolder } from "./open-folder";

/** Cancels what runs on an open folder, and waits for it to end. */
export async function endWork({ objects }: OpenFolder, jobs: Jobs): Promise<void> {
  objects.close();
  await jobs.cancelAll();
}

/** Cancels what still runs on an open folder, then closes its networks, drops its caches and closes its store. */
export async function closeFolder(opened: OpenFolder, jobs: Jobs): Promise<void> {
  await endWork(opened, jobs);
  await opened.dispose();
  closeStore(opened.library.store);
}
