import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { PackSpeed } from "../../../src-shared/contract";
import { installedPacksFolder } from "../../base/resources";

/** Speeds by computer, then by visual id. The data folder may move between computers, and graphics cards come and go. */
const measured = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ millisecondsPerPhoto: z.number().positive(), backend: z.string(), measuredAt: z.string() }),
  ),
);
type Measured = z.infer<typeof measured>;

const fileIn = (home: string): string => join(installedPacksFolder(home), "speeds.json");

/** What decides about speed and doesn't name the person's computer: "AMD Ryzen 7 5800X × 16, linux x64". */
const thisComputer = (): string =>
  `${cpus()[0]?.model ?? "unknown processor"} × ${availableParallelism()}, ${process.platform} ${process.arch}`;

/** A network's speed as last measured on this computer; null if it wasn't. */
export const speedOf = (home: string, visualId: string): PackSpeed | null =>
  readAll(home)[thisComputer()]?.[visualId] ?? null;

/** Remembers a network's speed on this computer. */
export function rememberSpeed(home: string, visualId: string, speed: PackSpeed): void {
  const all = readAll(home);
  const computer = thisComputer();
  const file = fileIn(home);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.tmp`;
  writeFileSync(partial, JSON.stringify({ ...all, [computer]: { ...all[computer], [visualId]: speed } }, null, 2));
  renameSync(partial, file);
}

/** Empty if there is no file, or one that isn't ours: speeds can be measured again. */
function readAll(home: string): Measured {
  const file = fileIn(home);
  if (!existsSync(file)) return {};
  try {
    return measured.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
