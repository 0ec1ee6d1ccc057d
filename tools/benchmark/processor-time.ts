import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in `/proc/<pid>/stat`: 100 on every Linux. */
const TICKS_A_SECOND = 100;

interface Process {
  parent: number;
  ticks: number;
}

/**
 * CPU seconds, user and system, of this process, its running children, and its children that have ended and been waited
 * for. Subtract two calls to measure an interval. Null without /proc.
 */
export function processorSeconds(): number | null {
  const processes = new Map<number, Process>();
  try {
    for (const name of readdirSync("/proc")) {
      const pid = Number(name);
      const found = Number.isInteger(pid) ? statOf(pid) : null;
      if (found) processes.set(pid, found);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  let ticks = 0;
  for (const [pid, process] of processes) if (isOurs(pid, processes)) ticks += process.ticks;
  return ticks / TICKS_A_SECOND;
}

function isOurs(pid: number, processes: Map<number, Process>): boolean {
  for (let at = pid; ;) {
    if (at === process.pid) return true;
    const parent = processes.get(at)?.parent;
    if (parent === undefined) return false;
    at = parent;
  }
}

/** Null if it has ended meanwhile. */
function statOf(pid: number): Process | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code!)) return null;
    throw error;
  }
  // pid (name) state ppid …: the name may contain anything, so fields are counted after its closing bracket. utime,
  // stime, cutime and cstime are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) };
}
