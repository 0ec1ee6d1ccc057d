import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { openNetworks, standaloneVisualModel } from "../../src-main/vision/networks";
import { readPack } from "../../src-main/vision/pack";
import { createRunnerPool, type RunnerPool } from "../../src-main/vision/runner-pool";
import { loadVisualModel } from "../../src-main/vision/visual-model";
import { temporaryFolder, waves } from "../fixtures/photo-folder";
import { runs } from "../fixtures/processes";
import { SIDE, writeColourPack } from "../fixtures/small-onnx";

const { broken } = vi.hoisted(() => ({ broken: { file: null as string | null } }));
vi.mock("../../src-main/base/fork-program", async (load) => {
  const actual = await load<typeof import("../../src-main/base/fork-program")>();
  const forkProgram: typeof actual.forkProgram = (file, ...rest) => actual.forkProgram(broken.file ?? file, ...rest);
  return { ...actual, forkProgram };
});

const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;
const EMBED_AND_CLOSE = new URL("../fixtures/embed-and-close.ts", import.meta.url).pathname;
const EMBED_UNTIL_KILLED = new URL("../fixtures/embed-until-killed.ts", import.meta.url).pathname;

const colours = () => readPack(writeColourPack(temporaryFolder()));
const photos = (n: number) => Array.from({ length: n }, (_, i) => waves(i, SIDE, SIDE));

function poolOf(processes: number): RunnerPool {
  const pool = createRunnerPool(processes, { pack: colours(), provider: "cpu", threads: 1 });
  onTestFinished(() => pool.close());
  return pool;
}

/** A pool whose only process is ready and then stopped, so that its tasks stay in progress. */
async function stoppedPool(): Promise<{ pool: RunnerPool; pid: number }> {
  const pool = poolOf(1);
  await pool.run({ name: "load" });
  const [pid] = pool.pids();
  process.kill(pid, "SIGSTOP");
  return { pool, pid };
}

test("separate processes give the same output as this one, for any number of photos", async () => {
  const pack = colours();
  const networks = openNetworks(pack);
  onTestFinished(() => networks.close());
  const [there, here] = [await networks.visual(), await loadVisualModel(pack, { provider: "cpu", threads: 1 })];
  expect(there.backend).toMatchObject({ provider: "cpu", name: "onnxruntime cpu" });
  for (const n of [0, 1, 4, 19]) {
    const [apart, same] = [await there.embed(photos(n)), await here.embed(photos(n))];
    expect(apart.features).toHaveLength(same.features.length);
    apart.features.forEach((value, i) => expect(value).toBeCloseTo(same.features[i], 5));
    apart.logits.forEach((value, i) => expect(value).toBeCloseTo(same.logits[i], 4));
  }
  await here.dispose();
});

test("callers are not blocked while a network runs", async () => {
  const model = await standaloneVisualModel(colours());
  onTestFinished(() => model.dispose());
  let [done, turns] = [false, 0];
  const turn = () => {
    if (!done) setImmediate(turn);
    turns++;
  };
  turn();
  await model.embed(photos(400));
  done = true;
  // On this thread it would be one turn per batch.
  expect(turns).toBeGreaterThan(400);
});

test("the network's refusals are passed on with their reasons", async () => {
  const pack = colours();
  await expect(openNetworks({ ...pack, visual: { ...pack.visual, features: "none" } }).visual()).rejects.toMatchObject({
    name: "Refusal",
    code: "bad-pack",
    message: expect.stringContaining("no output none"),
  });
  const noise = join(temporaryFolder(), "noise.onnx");
  writeFileSync(noise, waves(5, 20, 20));
  await expect(standaloneVisualModel({ ...pack, visual: { ...pack.visual, file: noise } })).rejects.toMatchObject({
    code: "bad-pack",
  });
  const model = await standaloneVisualModel(pack);
  onTestFinished(() => model.dispose());
  await expect(model.embed([new Uint8Array(5)])).rejects.toThrow("photo 0 has 5 bytes");
  expect((await model.embed(photos(1))).features.length).toBe(pack.dimensions);
});

test("low-priority tasks come last, except for one that is already queued at a runner", async () => {
  const { pool, pid } = await stoppedPool();
  const order: string[] = [];
  const task = (name: string, behind: boolean) =>
    pool.run({ name: "embed", photos: photos(1) }, { behind }).then(() => order.push(name));
  const all = [
    task("first", true),
    task("behind", true),
    task("second", false),
    task("behind it", true),
    task("third", false),
  ];
  process.kill(pid, "SIGCONT");
  await Promise.all(all);
  expect(order).toEqual(["first", "behind", "second", "third", "behind it"]);
});

test("low-priority tasks are never queued at a runner behind others", async () => {
  const { pool, pid } = await stoppedPool();
  const order: string[] = [];
  const task = (name: string, behind: boolean) =>
    pool.run({ name: "embed", photos: photos(1) }, { behind }).then(() => order.push(name));
  const all = [task("first", false), task("behind", true), task("second", false), task("third", false)];
  process.kill(pid, "SIGCONT");
  await Promise.all(all);
  expect(order).toEqual(["first", "second", "third", "behind"]);
});

test("if a process is killed, another one redoes its task", async () => {
  const { pool, pid } = await stoppedPool();
  const [atWork, behindIt] = [
    pool.run({ name: "embed", photos: photos(2) }),
    pool.run({ name: "embed", photos: photos(3) }),
  ];
  process.kill(pid, "SIGKILL");
  expect(await atWork).toMatchObject({ features: { length: 2 * 6 } });
  expect(await behindIt).toMatchObject({ features: { length: 3 * 6 } });
  expect(pool.pids()).toHaveLength(1);
  expect(pool.pids()).not.toContain(pid);
});

test("a network that crashes every process is refused once, and nothing hangs", async () => {
  broken.file = "/no/such/file.mjs";
  onTestFinished(() => {
    broken.file = null;
  });
  const networks = openNetworks(colours());
  onTestFinished(() => networks.close());
  await expect(networks.visual()).rejects.toMatchObject({
    name: "Refusal",
    code: "network-failed",
    message: expect.stringMatching(/ended twice \(.*file\.mjs/),
  });
  broken.file = null;
  expect((await (await networks.visual()).embed(photos(1))).features).toHaveLength(6);
});

test("closing refuses running and waiting tasks, and ends the processes", async () => {
  const { pool, pid } = await stoppedPool();
  const outcomes = Promise.allSettled([
    pool.run({ name: "embed", photos: photos(1) }),
    pool.run({ name: "embed", photos: photos(1) }),
  ]);
  await pool.close();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "closed" } });
  expect(runs(pid)).toBe(false);
  await expect(pool.run({ name: "load" })).rejects.toMatchObject({ code: "closed" });
});

// guarantee: no-orphans
test("the processes end with their engine, however it ends", async () => {
  const args = [
    "--no-warnings",
    "--experimental-transform-types",
    "--import",
    RESOLVE,
    EMBED_UNTIL_KILLED,
    writeColourPack(temporaryFolder()),
  ];
  const engine = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void engine.kill("SIGKILL"));
  const [line] = (await once(engine.stdout, "data")) as [Buffer];
  const pids = line.toString().trim().split(" ").map(Number);
  expect(pids.map(runs)).toEqual(pids.map(() => true));
  engine.kill("SIGKILL");
  await vi.waitUntil(() => !pids.some(runs), { timeout: 20_000 });
});

test("closing keeps the program alive until its processes have ended", async () => {
  const args = [
    "--no-warnings",
    "--experimental-transform-types",
    "--import",
    RESOLVE,
    EMBED_AND_CLOSE,
    writeColourPack(temporaryFolder()),
  ];
  expect((await promisify(execFile)(process.execPath, args)).stdout).toBe("closed\n");
});
