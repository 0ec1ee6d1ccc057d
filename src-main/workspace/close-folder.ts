import type { Jobs } from "../base/jobs";
import { closeStore } from "../store/database";
import type { OpenFolder } from "./open-folder";

/** Cancels what still runs on an open folder, then closes its networks and its library. */
export async function closeFolder({ objects, dispose, library }: OpenFolder, jobs: Jobs): Promise<void> {
  objects.close();
  await jobs.cancelAll();
  await dispose();
  closeStore(library.store);
}
