import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startEngine } from "../../src-main/engine-process";
import type { Job, LibraryInfo, Tile } from "../../src-preload/contract";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const HOOK = new URL("../fixtures/refuse-network.cjs", import.meta.url).pathname;

beforeAll(() => { vi.stubEnv("NODE_OPTIONS", `--require "${HOOK}"`); });
afterAll(() => { vi.unstubAllEnvs(); });

test("a whole session asks nothing of a network: photos are scanned, looked at, labelled, corrected, learned from, mapped and exported", async () => {
  const [root, home] = [temporaryFolder(), temporaryFolder()];
  const log = join(root, "network.txt");
  vi.stubEnv("SEMBLANCE_TEST_NETWORK", log);
  const folder = join(root, "photos");
  for (let i = 0; i < 12; i++) await paint(join(folder, `${i}.jpg`), i);

  const engine = await startEngine({ home, folderDialog: false });
  try {
    const ask = async <T>(name: string, argument?: object) => {
      const reply = await engine.send({ name, args: argument ? [argument] : [] });
      if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
      return reply.value as T;
    };
    const idle = () => vi.waitFor(async () => {
      const jobs = await ask<Job[]>("jobs");
      expect(jobs.filter(({ state }) => state === "running")).toEqual([]);
      return jobs;
    }, { timeout: 150_000, interval: 50 });

    await ask("openLibrary", { folder });
    await vi.waitFor(async () => expect((await ask<LibraryInfo>("library")).embedded).toBe(12), { timeout: 150_000, interval: 50 });
    await idle();
    const { photos } = await ask<{ photos: number[] }>("browse", { words: "sailboat", sort: "relevance", descending: true, group: "none" });
    expect((await ask<Tile[]>("tiles", { photos })).length).toBe(12);
    expect((await engine.picture(photos[0], "view")).bytes.length).toBeGreaterThan(100);
    await ask("judge", { photos: photos.slice(0, 6), label: "wn:02086723", verdict: "accept" });
    await ask("judge", { photos: photos.slice(6), label: "own:Rex", verdict: "accept" });
    for (const work of ["retrain", "findDuplicates", "makePhotoMap"]) {
      await ask(work);
      await idle();
    }
    const file = join(root, "labels.csv");
    expect(await ask("exportLabels", { format: "csv", photos: null, labels: "shown", threshold: 0.5, file, overwrite: false, text: "name", escapeFormulas: true })).toMatchObject({ file });
    await ask("about");
    expect((await idle()).map(({ kind, state }) => `${kind} ${state}`)).toEqual(expect.arrayContaining(["scan done", "embed done", "retrain done", "export done"]));
  } finally {
    await engine.close();
  }
  expect(existsSync(log) ? readFileSync(log, "utf8") : "").toBe("");
}, 180_000);

test("what watches over that hears of a request, a name that is looked up, and a datagram, in threads too", () => {
  const log = join(temporaryFolder(), "network.txt");
  const attempts = `
    const { Worker } = require("node:worker_threads");
    try { require("node:net").connect(443, "192.0.2.1"); } catch {}
    try { require("node:dns").lookup("elsewhere.example", () => {}); } catch {}
    try { require("node:dgram").createSocket("udp4").send("a photo", 53, "192.0.2.2"); } catch {}
    new Worker('try { require("node:net").connect(80, "192.0.2.3"); } catch {}', { eval: true }).once("exit", () => {
      fetch("https://elsewhere.example/photo", { method: "POST", body: "a photo" }).catch(() => process.exit());
    });`;
  execFileSync(process.execPath, ["-e", attempts], { env: { ...process.env, SEMBLANCE_TEST_NETWORK: log } });
  const heard = readFileSync(log, "utf8");
  for (const attempt of ["connection to elsewhere.example:443", "connection to 192.0.2.1:443", "lookup of elsewhere.example", "datagram to a photo 53 192.0.2.2", "connection to 192.0.2.3:80"]) expect(heard).toContain(attempt);
});
