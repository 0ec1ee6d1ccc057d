import type { Worker } from "node:worker_threads";
import { startWorker } from "../base/worker";
import type { HashRequest, HashResult } from "./file-hash";

/** Two files at a time: more would only compete for the disk. */
const THREADS = 2;

export interface HashPool {
  /**
   * @returns the results, in the order of the files
   * @throws Error if a thread crashed or the pool was closed
   */
  at(files: HashRequest[]): Promise<HashResult[]>;
  end(): Promise<void>;
}

interface Thread {
  worker: Worker;
  pending: PromiseWithResolvers<HashResult[]>[];
}

/** Hashes files in worker threads, started on demand. */
export function createHashPool(): HashPool {
  const threads: Thread[] = [];

  function start(): Thread {
    const thread: Thread = { worker: startWorker("hash-worker", null), pending: [] };
    const fail = (error: Error) => {
      for (const { reject } of thread.pending.splice(0)) reject(error);
    };
    // a thread answers requests in order
    thread.worker.on("message", (results: HashResult[]) => thread.pending.shift()!.resolve(results));
    thread.worker.on("error", fail);
    thread.worker.on("exit", () => fail(new Error("the hash pool was closed")));
    threads.push(thread);
    return thread;
  }

  return {
    at(files) {
      const leastBusy = threads.toSorted((a, b) => a.pending.length - b.pending.length).at(0);
      const thread = leastBusy && (leastBusy.pending.length === 0 || threads.length === THREADS) ? leastBusy : start();
      const answer = Promise.withResolvers<HashResult[]>();
      thread.pending.push(answer);
      thread.worker.postMessage(files);
      return answer.promise;
    },
    async end() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
