import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeBinary } from "../../src-main/base/node-binary";
import { programFolder } from "../../src-main/base/program-folder";
import { type Findings, type OperationName, OPERATIONS } from "./killed-operations";
import { copyPlace, type Place, unsoundDatabases } from "./small-libraries";

/** A system call of an operation: the nth of its name. */
interface Call {
  operation: OperationName;
  name: string;
  nth: number;
  /** What it does to which file, without numbers that change from run to run. */
  does: string;
}

/** What happened at the kills. */
export interface InjectedKills {
  /** Per operation: kills, and the different steps among them. */
  kills: Partial<Record<OperationName, { kills: number; steps: Set<string> }>>;
  acknowledged: number;
  lost: number;
  unsound: number;
  unfound: number;
  faults: string[];
}

/** What changes a place, and what a database commits with. */
const CALLS = ["rename", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "fsync", "fdatasync", "ftruncate"];

/** Why no process can be killed at a system call here; null if it can. */
export function cannotInject(): string | null {
  if (process.platform !== "linux") return "strace needs Linux";
  const { status, error, stderr } = spawnSync("strace", ["-f", "-o", "/dev/null", "true"], { encoding: "utf8" });
  if (error) return "strace is not installed";
  return status === 0 ? null : `strace can't trace a process (${stderr.trim().split("\n")[0]})`;
}

/**
 * Runs operations on small libraries and kills each at a system call, before the call takes effect. After each kill,
 * looks at what the next command finds.
 * @param root empty folder
 * @param kills at most; null kills at each different step once, and at steps that operations share in the first of them
 * @param draw chooses further calls once each different step has had its kill
 * @param until `performance.now()` after which no kill begins
 * @throws Error if an operation fails without being killed
 */
export async function killAtSystemCalls({
  root,
  operations = Object.keys(OPERATIONS) as OperationName[],
  kills,
  draw,
  until,
}: {
  root: string;
  operations?: readonly OperationName[];
  kills: number | null;
  draw: () => number;
  until: number;
}): Promise<InjectedKills> {
  const result: InjectedKills = { kills: {}, acknowledged: 0, lost: 0, unsound: 0, unfound: 0, faults: [] };
  const places = new Map<OperationName, { template: Place; place: Place }>();
  const calls: Call[] = [];
  for (const operation of operations) {
    const place = placeIn(join(root, operation));
    // The library's name depends on the folder's path, so all kills of an operation share it.
    const template = { ...placeIn(join(root, `${operation} template`)), folder: place.folder };
    OPERATIONS[operation].prepare(place);
    copyPlace(place, template);
    places.set(operation, { template, place });
    calls.push(...(await record(operation, place, join(root, "strace.log"))));
  }
  let killed = 0;
  for (const call of choose(calls, kills, draw)) {
    if (performance.now() > until || killed === kills) break;
    const { template, place } = places.get(call.operation)!;
    copyPlace(template, place);
    const ran = await run(call.operation, place, ["-e", `inject=${call.name}:signal=KILL:when=${call.nth}`], call.name);
    if (!ran.killed) continue; // this run took another path and didn't get there
    killed++;
    const count = (result.kills[call.operation] ??= { kills: 0, steps: new Set() });
    count.kills++;
    count.steps.add(call.does);
    const { faults, acknowledged, lost, unsound, unfound } = look(call.operation, place, ran.printed);
    result.acknowledged += acknowledged;
    result.lost += lost;
    result.unfound += unfound;
    result.unsound += unsound.length;
    const all = [
      ...faults,
      ...unsound.map((file) => `${file} is damaged`),
      ...(lost > 0 ? [`${lost} of ${acknowledged} verdicts were lost`] : []),
      ...(unfound > 0 ? ["the library was not found"] : []),
    ];
    result.faults.push(
      ...all.map((fault) => `${call.operation}, killed at ${call.does} (${call.name} ${call.nth}): ${fault}`),
    );
  }
  return result;
}

const placeIn = (root: string): Place => {
  const place = { home: join(root, "home"), folder: join(root, "photos"), file: join(root, "files", "a.semblance") };
  mkdirSync(place.folder, { recursive: true });
  mkdirSync(join(root, "files"));
  return place;
};

function look(operation: OperationName, place: Place, printed: readonly string[]): Findings & { unsound: string[] } {
  try {
    const findings = OPERATIONS[operation].find(place, printed);
    const { unsound, left } = unsoundDatabases(place);
    return { ...findings, unsound, faults: [...findings.faults, ...left.map((name) => `${name} was left behind`)] };
  } catch (error) {
    return { acknowledged: 0, lost: 0, unfound: 1, unsound: [], faults: [`the next command failed: ${String(error)}`] };
  }
}

/** Runs an operation to its end, and notes its calls. */
async function record(operation: OperationName, place: Place, log: string): Promise<Call[]> {
  const { killed, code } = await run(operation, place, ["-y", "-o", log], CALLS.join(","));
  if (killed || code !== 0) throw new Error(`${operation} failed with exit code ${code} without being killed`);
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, thread, name, rest] = /^(\d+) +(\w+)\((.*)/.exec(line) ?? [];
    if (name === undefined) continue;
    const nth = (counts.get(`${thread} ${name}`) ?? 0) + 1; // strace counts per thread
    counts.set(`${thread} ${name}`, nth);
    if (rest.includes(place.home) || rest.includes(place.file) || rest.includes(".semblance"))
      calls.push({ operation, name, nth, does: `${name} ${pathsIn(rest)}` });
  }
  return calls;
}

/**
 * Whether a step differs from others that do the same: renames of libraries, their journal, and the commits of
 * migrations and of recovered verdicts. Opening and closing a library is alike everywhere.
 */
function isItsOwnStep({ operation, name, does }: Call): boolean {
  if (name === "rename") return !/backups|recent|files/.test(does);
  if (/home\/libraries|swap\.json/.test(does)) return true;
  return (operation === "migrate" || operation === "restore") && /^f\w*sync .*library\.db-wal/.test(does);
}

/** The paths in a line of strace, without hashes, times and numbers. */
const pathsIn = (text: string): string =>
  [...text.matchAll(/[<"](\/[^>"]*)[>"]/g)]
    .map(([, path]) =>
      path
        .split("/")
        .slice(-2)
        .join("/")
        .replace(/[0-9a-f]*\d[0-9a-f-]*/g, "#"),
    )
    .join(" ");

/** Each different step once, those that operations share only in the first; then, if there is a number, any call. */
function* choose(calls: readonly Call[], kills: number | null, draw: () => number): Generator<Call> {
  const steps = new Map<string, Call>();
  for (const call of calls) {
    const key = isItsOwnStep(call) ? `${call.operation} ${call.name} ${call.nth}` : call.does;
    if (!steps.has(key)) steps.set(key, call);
  }
  yield* steps.values();
  while (kills !== null) yield calls[Math.floor(draw() * calls.length)];
}

/** Runs an operation under strace, which follows its child into death. */
function run(
  operation: OperationName,
  { home, folder, file }: Place,
  options: string[],
  traced: string,
): Promise<{ killed: boolean; code: number | null; printed: string[] }> {
  return new Promise((resolve, reject) => {
    const entry = join(programFolder(), "out", "main", "library-operation.js");
    const log = options.includes("-o") ? [] : ["-o", "/dev/null"];
    const child = spawn(
      "strace",
      ["-f", ...log, "-e", `trace=${traced}`, ...options, nodeBinary(), entry, operation, home, folder, file],
      // one thread for files, so that calls are counted alike in each run
      { env: { ...process.env, UV_THREADPOOL_SIZE: "1" }, stdio: ["ignore", "pipe", "inherit"] },
    );
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child
      .on("error", reject)
      .on("close", (code, signal) =>
        resolve({ killed: signal === "SIGKILL" || code === 137, code, printed: stdout.split("\n").filter(Boolean) }),
      );
  });
}
