import { spawn } from "node:child_process";
import { join } from "node:path";
import { nodeBinary } from "../../src-main/base/node-binary";
import { programFolder } from "../../src-main/base/program-folder";
import type { Figure } from "./figures";
import { processorSeconds } from "./processor-time";
import { median } from "./quantiles";
import { inTemporaryFolder } from "./temporary";

const ROUNDS = 5;

/**
 * CPU seconds of `semblance tag` on a folder whose photos are all labelled: the cost of starting. None where CPU time
 * is not available.
 */
export async function openingAgain(folder: string, pack: string | undefined): Promise<Figure[]> {
  return inTemporaryFolder(async (home) => {
    await tag(home, folder, pack);
    const spent: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const before = processorSeconds();
      await tag(home, folder, pack);
      const after = processorSeconds();
      if (before === null || after === null) return [];
      spent.push(after - before);
    }
    return [
      {
        benchmark: "pipeline",
        what: `semblance tag on a labelled folder: CPU time, median of ${ROUNDS}`,
        value: median(spent),
        unit: "s",
      },
    ];
  });
}

async function tag(home: string, folder: string, pack: string | undefined): Promise<void> {
  const args = [
    join(programFolder(), "out", "main", "cli.js"),
    "tag",
    folder,
    ...(pack === undefined ? [] : ["--pack", pack]),
  ];
  const child = spawn(nodeBinary(), args, {
    env: { ...process.env, SEMBLANCE_HOME: home },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`semblance tag exited with code ${code}`);
}
