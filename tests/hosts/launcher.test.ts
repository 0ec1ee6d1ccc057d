import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "semblance-launcher-"));
const launcher = join(copy, "bin", "semblance.js");
/** Makes any Node report version 20, except the one that the launcher then starts. */
const OLD = ["--import", "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'})"];

beforeAll(() => {
  mkdirSync(join(copy, "node_modules"));
  cpSync(join(root, "bin"), join(copy, "bin"), { recursive: true });
  cpSync(join(root, "package.json"), join(copy, "package.json"));
  symlinkSync(join(root, "node_modules", "node"), join(copy, "node_modules", "node"), "junction");
});
afterAll(() => rmSync(copy, { recursive: true }));

function writeCli(source: string) {
  mkdirSync(join(copy, "out", "main"), { recursive: true });
  writeFileSync(join(copy, "out", "main", "cli.js"), source);
}

const run = (flags: string[], ...args: string[]) =>
  spawnSync(process.execPath, [...flags, launcher, ...args], { encoding: "utf8" });

test("says how to build if there is no build", () => {
  expect(run([])).toMatchObject({ status: 2, stdout: "", stderr: "Semblance is not built yet. Run npm run build.\n" });
});

describe.each([
  ["a supported Node", []],
  ["an unsupported Node", OLD],
])("in %s", (_, flags) => {
  test("passes on arguments, output and exit code", () => {
    writeCli(
      "console.log(JSON.stringify(process.argv.slice(2))); console.error(process.versions.node); process.exitCode = 3;",
    );
    const { status, stdout, stderr } = run(flags, "tag", "a folder", "--top", "5");
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual(["tag", "a folder", "--top", "5"]);
    expect(Number(stderr.split(".")[0])).toBeGreaterThanOrEqual(22);
  });

  test("passes on a stop signal and lets the command handle it", async () => {
    writeCli("process.on('SIGTERM', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000);");
    const child = spawn(process.execPath, [...flags, launcher], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([5, null]);
  });
});

test("exits with the shell's code for a command that was killed", () => {
  writeCli("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
  expect(run(OLD).status).toBe(137);
});
