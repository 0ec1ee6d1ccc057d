import { availableParallelism, cpus } from "node:os";
import { z } from "zod";
import type { PackSpeed } from "../../../src-shared/contract";
import { readKept, writeKept } from "./kept-record";

const FILE = "speeds.json";

/** Speeds by computer, then by visual id. The data folder may move between computers, and graphics cards come and go. */
const measured = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ millisecondsPerPhoto: z.number().positive(), backend: z.string(), measuredAt: z.string() }),
  ),
);

/** What decides about speed and doesn't name the person's computer: "AMD Ryzen 7 5800X × 16, linux x64". */
const thisComputer = (): string =>
  `${cpus()[0]?.model ?? "unknown processor"} × ${availableParallelism()}, ${process.platform} ${process.arch}`;

/** A network's speed as last measured on this computer; null if it wasn't. */
export const speedOf = (home: string, visualId: string): PackSpeed | null =>
  readKept(home, FILE, measured)?.[thisComputer()]?.[visualId] ?? null;

/** Remembers a network's speed on this computer. */
export function rememberSpeed(home: string, visualId: string, speed: PackSpeed): void {
  const all = readKept(home, FILE, measured) ?? {};
  const computer = thisComputer();
  writeKept(home, FILE, { ...all, [computer]: { ...all[computer], [visualId]: speed } });
}
