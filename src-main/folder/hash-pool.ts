import type { Worker } from "node:worker_threads";
import { startWorker } from "../base/worker";
import type { HashRequest, HashResult } from "./file-hash";

/** Files are read two at a time: more would only take turns at a disk. */
const THREADS = 2;

export interface HashPool {
  /** @returns what became of each, in their order @throws where a thread broke down, or was ended meanwhile */
  at(files: HashRequest[]): Promise<HashResult[]>;
  end(): Promise<void>;
}

interface Thread {
  worker: Worker;
  asked: PromiseWithResolvers<HashResult[]>[];
}

/** Looks at files on threads of their own, which are started as they are needed. */
export function createHashPool(): HashPool {
  const threads: Thread[] = [];

  function start(): Thread {
    const thread: Thread = { worker: startWorker("hash-worker", null), asked: [] };
    const fail = (error: Error) => {
      for (const { reject } of thread.asked.splice(0)) reject(error);
    };
    // a thread answers in the order it was asked
    thread.worker.on("message", (looks: HashResult[]) => thread.asked.shift()!.resolve(looks));
    thread.worker.on("error", fail);
    thread.worker.on("exit", () => fail(new Error("looking at files was ended")));
    threads.push(thread);
    return thread;
  }

  return {
    at(files) {
      const idlest = threads.toSorted((a, b) => a.asked.length - b.asked.length).at(0);
      const thread = idlest && (idlest.asked.length === 0 || threads.length === THREADS) ? idlest : start();
      const answer = Promise.withResolvers<HashResult[]>();
      thread.asked.push(answer);
      thread.worker.postMessage(files);
      return answer.promise;
    },
    async end() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
