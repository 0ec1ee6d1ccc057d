import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { forkProgram } from "../../src-main/base/fork-program";
import { startEngine } from "../../src-main/engine/engine-process";
import { createDecoderPool } from "../../src-main/images/decoder-pool";
import { readPack } from "../../src-main/vision/pack";
import { createRunnerPool } from "../../src-main/vision/runner-pool";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { writeColourPack } from "../fixtures/small-onnx";

/** With these, every Node that inherits them ends at once. */
function stubDebugging() {
  vi.stubEnv("NODE_OPTIONS", "--import file:///no/such/file.mjs");
  vi.stubEnv("NODE_DEBUG", "module");
  vi.stubEnv("VSCODE_INSPECTOR_OPTIONS", "{}");
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("the program's processes inherit the environment without options for debugging", async () => {
  const file = join(temporaryFolder(), "child.cjs");
  writeFileSync(file, "process.send({ env: process.env, execArgv: process.execArgv })");
  stubDebugging();
  vi.stubEnv("SEMBLANCE_NO_BROWSER", "1");
  const child = forkProgram(file, []);
  const [{ env, execArgv }] = (await once(child, "message")) as [{ env: NodeJS.ProcessEnv; execArgv: string[] }];
  expect(env).toMatchObject({ SEMBLANCE_NO_BROWSER: "1", PATH: process.env.PATH });
  expect(Object.keys(env).filter((name) => /^NODE_(OPTIONS|DEBUG)$|INSPECTOR/.test(name))).toEqual([]);
  expect(execArgv).toEqual([]);
});

test("the engine, decoders and runners start although NODE_OPTIONS would end every Node", async () => {
  const folder = temporaryFolder();
  await paint(join(folder, "a.png"), 1, 90, 60);
  stubDebugging();
  const engine = await startEngine({ home: temporaryFolder(), folderDialog: false });
  expect(await engine.send({ name: "welcome", args: [] })).toMatchObject({ ok: true });
  await engine.close();

  const limits = { seconds: 30, prompt: true };
  const rendered = await createDecoderPool({ processes: 1 }).run("render", [join(folder, "a.png"), 50, 30], limits);
  expect(rendered).toBeTruthy();

  const pack = readPack(writeColourPack(temporaryFolder()));
  const runners = createRunnerPool(1, { pack, provider: "cpu", threads: 1 });
  onTestFinished(() => runners.close());
  await runners.run({ name: "load" });
  expect(runners.pids()).toHaveLength(1);
});
