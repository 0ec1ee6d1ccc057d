import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { startEngine } from "../../src-main/engine/engine-process";
import type { Job, LibraryInfo, Tile } from "../../src-shared/contract";
import { semblance } from "../fixtures/command-line";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const HOOK = new URL("../fixtures/refuse-network.cjs", import.meta.url).pathname;

afterAll(() => {
  vi.unstubAllEnvs();
});

// guarantee: nothing-leaves
test("a whole session makes no network request: scan, browse, label, correct, learn, map and export", async () => {
  const [root, home] = [temporaryFolder(), temporaryFolder()];
  const log = join(root, "network.txt");
  vi.stubEnv("SEMBLANCE_TEST_NETWORK", log);
  const own = { HOME: temporaryFolder(), XDG_CACHE_HOME: temporaryFolder(), TMPDIR: temporaryFolder() };
  // As on a user's computer, where native telemetry, which the hook can't see, stores an id and unsent data.
  for (const [name, value] of Object.entries({ ...own, CI: undefined, ORT_DISABLE_TELEMETRY: undefined })) {
    const before = process.env[name];
    vi.stubEnv(name, value);
    onTestFinished(() => void vi.stubEnv(name, before));
  }
  const folder = join(root, "photos");
  for (let i = 0; i < 12; i++) await paint(join(folder, `${i}.jpg`), i);

  const engine = await startEngine({ home, folderDialog: false, execArgv: ["--require", HOOK] });
  try {
    const ask = async <T>(name: string, argument?: object) => {
      const reply = await engine.send({ name, args: argument ? [argument] : [] });
      if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
      return reply.value as T;
    };
    const idle = () =>
      vi.waitFor(
        async () => {
          const jobs = await ask<Job[]>("jobs");
          expect(jobs.filter(({ state }) => state === "running")).toEqual([]);
          return jobs;
        },
        { timeout: 150_000, interval: 50 },
      );

    await ask("openLibrary", { folder });
    await vi.waitFor(async () => expect((await ask<LibraryInfo>("library")).embedded).toBe(12), {
      timeout: 150_000,
      interval: 50,
    });
    await idle();
    const { photos } = await ask<{ photos: number[] }>("browse", {
      words: "sailboat",
      sort: "relevance",
      descending: true,
      group: "none",
    });
    expect((await ask<Tile[]>("tiles", { photos })).length).toBe(12);
    expect((await engine.picture(photos[0], "view")).bytes.length).toBeGreaterThan(100);
    await ask("annotate", { photos: photos.slice(0, 6), label: "wn:02086723", verdict: "accept" });
    await ask("annotate", { photos: photos.slice(6), label: "own:Rex", verdict: "accept" });
    for (const work of ["retrain", "findDuplicates", "makeEmbeddingMap"]) {
      await ask(work);
      await idle();
    }
    const file = join(root, "labels.csv");
    expect(
      await ask("exportLabels", {
        format: "csv",
        photos: null,
        labels: "shown",
        threshold: 0.5,
        file,
        overwrite: false,
        text: "name",
        escapeFormulas: true,
      }),
    ).toMatchObject({ file });
    await ask("about");
    expect((await idle()).map(({ kind, state }) => `${kind} ${state}`)).toEqual(
      expect.arrayContaining(["scan done", "embed done", "retrain done", "export done"]),
    );
  } finally {
    await engine.close();
  }
  expect(existsSync(log) ? readFileSync(log, "utf8") : "").toBe("");
  const left = Object.values(own).flatMap((place) => readdirSync(place, { recursive: true, encoding: "utf8" }));
  expect(left.filter((name) => /microsoft|onnxruntime|mat-debug|\.ses$|device.?id/i.test(name))).toEqual([]);
}, 180_000);

// guarantee: nothing-leaves
test("only vision/onnx-runtime.ts imports ONNX Runtime, and it turns telemetry off", () => {
  const sources = readdirSync("src-main", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  expect(
    sources.filter((name) => /(from|import\() ?"onnxruntime-node"/.test(readFileSync(join("src-main", name), "utf8"))),
  ).toEqual([join("vision", "onnx-runtime.ts")]);
});

// guarantee: hub-only-when-asked
test("one file opens connections to other computers, and only the download of a pack uses it", () => {
  const sources = readdirSync("src-main", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({
      name: name.replaceAll("\\", "/"),
      code: readFileSync(join("src-main", name), "utf8").replaceAll(/^import type .*$/gm, ""),
    }));
  const named = (pattern: RegExp) => sources.filter(({ code }) => pattern.test(code)).map(({ name }) => name);
  expect(named(/(?<![.\w])fetch\(|WebSocket|from "(node:)?(https|net|tls|dgram|dns|http2|undici)"/)).toEqual([
    "features/packs/hub-request.ts",
  ]);
  expect(named(/from "node:http"/)).toEqual(["hosts/web.ts"]); // a server
  expect(named(/from ".*hub-request"/)).toEqual([
    "features/packs/available-packs.ts", // its address only
    "features/packs/download-file.ts",
    "features/packs/download-pack.ts",
  ]);
});

// guarantee: hub-only-when-asked
test("of the commands about packs, only the download asks anything of a network, and only of the hub", async () => {
  const home = temporaryFolder();
  const log = join(home, "network.txt");
  const env = { NODE_OPTIONS: `--require ${HOOK}`, SEMBLANCE_TEST_NETWORK: log };
  expect(await semblance(home, ["packs", "list"], { env })).toMatchObject({ code: 0 });
  expect(existsSync(log)).toBe(false);
  const got = await semblance(home, ["packs", "get", "siglip2-base"], {
    env: { ...env, SEMBLANCE_HUB: "https://hub.example" },
  });
  expect(got).toMatchObject({ code: 1, stderr: expect.stringContaining("hub.example: the network is refused") });
  const asked = readFileSync(log, "utf8").trim().split("\n");
  expect(asked.filter((line) => !/ (connection to hub\.example:443|lookup of hub\.example)$/.test(line))).toEqual([]);
  expect(asked.length).toBeGreaterThan(0);
});

test("the network hook reports requests, name lookups and datagrams, in threads and forked processes too", () => {
  const log = join(temporaryFolder(), "network.txt");
  const forked = join(temporaryFolder(), "forked.cjs");
  writeFileSync(forked, 'try { require("node:net").connect(443, "192.0.2.4"); } catch {}');
  const attempts = `
    const { Worker } = require("node:worker_threads");
    try { require("node:net").connect(443, "192.0.2.1"); } catch {}
    try { require("node:dns").lookup("elsewhere.example", () => {}); } catch {}
    try { require("node:dgram").createSocket("udp4").send("a photo", 53, "192.0.2.2"); } catch {}
    require("node:child_process").fork(${JSON.stringify(forked)}, [], { execArgv: [] });
    new Worker('try { require("node:net").connect(80, "192.0.2.3"); } catch {}', { eval: true }).once("exit", () => {
      fetch("https://elsewhere.example/photo", { method: "POST", body: "a photo" }).catch(() => process.exit());
    });`;
  execFileSync(process.execPath, ["--require", HOOK, "-e", attempts], {
    env: { ...process.env, SEMBLANCE_TEST_NETWORK: log },
  });
  const logged = readFileSync(log, "utf8");
  for (const attempt of [
    "connection to elsewhere.example:443",
    "connection to 192.0.2.1:443",
    "lookup of elsewhere.example",
    "datagram to a photo 53 192.0.2.2",
    "connection to 192.0.2.3:80",
    "connection to 192.0.2.4:443",
  ])
    expect(logged).toContain(attempt);
});
