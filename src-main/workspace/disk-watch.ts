import { Refusal } from "../../src-shared/refusal";
import { diskFault } from "../store/disk-fault";
import { probeDisk } from "../store/free-space";

/** How often free space is checked for, in milliseconds. */
const RETRY_MS = 5000;

/** Reports once when the data folder can't be written to, and once when it can again. */
export interface DiskWatch {
  /** Turns an error that the disk caused into a refusal that says so; returns other errors unchanged. */
  explain(error: unknown): unknown;
  /** @throws Refusal of `diskFault` while nothing can be stored */
  tryNow(): void;
  stop(): void;
}

/**
 * @param onFault called with the reason when nothing can be stored, and with null when that is over
 * @param onRecovered called when data can be stored again
 * @param damaged called for each error of a corrupt database, before its caller gets the error
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
      if (!(error instanceof Refusal)) console.error(error); // the fault persists and was already reported
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
