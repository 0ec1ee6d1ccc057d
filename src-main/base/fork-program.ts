import { type ChildProcess, fork, type StdioOptions } from "node:child_process";
import { nodeBinary } from "./node-binary";

/**
 * What a debugger or a profiler sets for the processes of whoever runs Node. For ours it would load foreign code, open
 * an inspector that other programs can connect to, or let every process wait for the same port.
 */
const FOR_DEBUGGING = new Set([
  "NODE_OPTIONS",
  "NODE_PATH",
  "NODE_DEBUG",
  "NODE_DEBUG_NATIVE",
  "NODE_INSPECT_RESUME_ON_START",
  "NODE_V8_COVERAGE",
  "VSCODE_INSPECTOR_OPTIONS",
]);

/** This process's environment without options for debugging Node, for processes that the program starts. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_DEBUGGING.has(name.toUpperCase())));
}

/** Forks one of the program's own files, with a channel that carries typed arrays. @param execArgv Node's options */
export function forkProgram(
  file: string,
  args: string[],
  { execArgv = [], stdio }: { execArgv?: string[]; stdio?: StdioOptions } = {},
): ChildProcess {
  return fork(file, args, {
    execPath: nodeBinary(),
    execArgv,
    env: childEnvironment(),
    serialization: "advanced",
    ...(stdio && { stdio }),
  });
}
