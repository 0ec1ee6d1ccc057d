import { Refusal } from "../../src-shared/refusal";
import { diskFault } from "../store/disk-fault";
import { probeDisk } from "../store/free-space";

/** How often it is looked whether there is room again, in milliseconds. */
const RETRY_MS = 5000;

/** Tells once that the data folder takes nothing any more, and once that it does again. */
export interface DiskWatch {
  /** An error in words for people where the disk is to blame for it; else as it is. */
  explain(error: unknown): unknown;
  /** @throws Refusal of `diskFault` while nothing can be stored */
  tryNow(): void;
  stop(): void;
}

/**
 * @param tell why nothing can be stored, null when it can be again @param goOn what is to be done then
 * @param damaged told of each error that says that a database is damaged, before whoever met it is
 */
export function watchDisk(
  home: string,
  onFault: (fault: string | null) => void,
  onRecovered: () => void,
  damaged: (fault: Refusal) => void,
): DiskWatch {
  let fault: Refusal | null = null;
  let timer: NodeJS.Timeout | undefined;

  const tryNow = () => {
    probeDisk(home);
    if (!fault) return;
    fault = null;
    clearInterval(timer);
    onFault(null);
    onRecovered();
  };
  const tryQuietly = () => {
    try {
      tryNow();
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error); // still full, or closed: that was told
    }
  };
  return {
    explain(error) {
      const found = diskFault(error, home);
      if (!found) return error;
      if (found.code === "library-damaged") damaged(found);
      else if (found.code !== fault?.code) {
        fault = found;
        onFault(found.message);
        clearInterval(timer);
        timer = setInterval(tryQuietly, RETRY_MS).unref();
      }
      return found;
    },
    tryNow,
    stop: () => clearInterval(timer),
  };
}
