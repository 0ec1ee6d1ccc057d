import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { programFolder } from "../../src-main/base/program-folder";
import { type Engine, startEngine } from "../../src-main/engine/engine-process";

/** Memory of a process after garbage collection, in megabytes. */
export interface EngineMemory {
  resident: number;
  heap: number;
  external: number;
}

const POLL = 20;
const TIMEOUT = 120_000;

/**
 * The built engine in its own process, forked as by every host, which also reports its memory: requested and answered
 * through files.
 */
export async function startWatchedEngine(
  home: string,
  place: string,
): Promise<Engine & { memory(): Promise<EngineMemory> }> {
  const [asked, answered, entry] = ["memory-asked", "memory.json", "watched-engine.mjs"].map((name) =>
    join(place, name),
  );
  writeFileSync(
    entry,
    `
    import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
    import { setFlagsFromString } from "node:v8";
    import { runInNewContext } from "node:vm";
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc");
    setInterval(() => {
      if (!existsSync(${JSON.stringify(asked)})) return;
      rmSync(${JSON.stringify(asked)});
      collect();
      collect(); // the first one only marks array buffers; their memory is returned by the second
      writeFileSync(${JSON.stringify(`${answered}.part`)}, JSON.stringify(process.memoryUsage()));
      renameSync(${JSON.stringify(`${answered}.part`)}, ${JSON.stringify(answered)});
    }, ${POLL}).unref();
    await import(${JSON.stringify(pathToFileURL(join(programFolder(), "out", "main", "engine.js")).href)});
  `,
  );
  const engine = await startEngine({ home, folderDialog: false, entry });
  return {
    ...engine,
    async memory() {
      rmSync(answered, { force: true });
      writeFileSync(asked, "");
      for (const end = Date.now() + TIMEOUT; !existsSync(answered); await sleep(POLL))
        if (Date.now() > end) throw new Error("the engine does not report its memory");
      const { rss, heapUsed, external } = JSON.parse(readFileSync(answered, "utf8")) as NodeJS.MemoryUsage;
      return { resident: rss / 1e6, heap: heapUsed / 1e6, external: external / 1e6 };
    },
  };
}
