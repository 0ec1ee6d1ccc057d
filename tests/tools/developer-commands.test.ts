import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const ROOT = new URL("../..", import.meta.url).pathname;

const run = (command: "bench" | "fuzz" | "soak", ...args: string[]) => {
  const [, entry] = manifest.scripts[command].split(" ");
  return spawnSync(process.execPath, [entry, ...args], { cwd: ROOT, encoding: "utf8" });
};

describe.each(["bench", "fuzz", "soak"] as const)("npm run %s", (command) => {
  test("--help describes it and its options", () => {
    const { status, stdout, stderr } = run(command, "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`Usage: npm run ${command} -- [options]`);
    expect(stdout).toContain("-h, --help");
  });

  const wrong: [string[], string][] = [
    [["--nonsense"], "unknown option '--nonsense'"],
    [["nonsense"], "too many arguments"],
    ...(command === "fuzz" ? [] : [[["--only", "nonsense"], "Unknown: nonsense. Choose from "] as [string[], string]]),
    ...(command === "bench"
      ? [[["--seeds", "0"], "must be at least 1"] as [string[], string]]
      : [
          [["--minutes", "soon"], '"soon" is not a number of at least 0'] as [string[], string],
          [["--seed", "1.5"], '"1.5" is not a whole number'] as [string[], string],
        ]),
  ];
  test.each(wrong)("%j ends with 2 and one sentence", (args, sentence) => {
    const { status, stdout, stderr } = run(command, ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^${command}: `));
    expect(stderr).toContain(sentence);
  });
});
