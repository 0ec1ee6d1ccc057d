import { availableParallelism, loadavg, totalmem } from "node:os";

/** What figures depend on, and nothing that says whose machine it is. */
export interface Machine {
  cores: number;
  gigabytes: number;
  node: string;
  platform: string;
  /** Processes that wanted to run before the benchmark began, on average over a minute; 0 on Windows */
  load: number;
}

export function thisMachine(): Machine {
  return {
    cores: availableParallelism(),
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: Math.round(10 * loadavg()[0]) / 10,
  };
}

export function machineLine({ cores, gigabytes, node, platform, load }: Machine): string {
  return `${cores} cores, ${gigabytes} GB, Node ${node}, ${platform}, load ${load} before the run`;
}
