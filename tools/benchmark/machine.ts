import { availableParallelism, loadavg, totalmem } from "node:os";

/** What figures depend on, without anything that identifies the computer. */
export interface Machine {
  cores: number;
  gigabytes: number;
  node: string;
  platform: string;
  /** Load average over the last minute before the benchmark; 0 on Windows */
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
