import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test, vi } from "vitest";
import type { JobHandle } from "../../src-main/base/jobs";
import type { DetectorInput, Preprocess } from "../../src-main/base/preprocess";
import { scan } from "../../src-main/folder/scan";
import { decode as decodeHere } from "../../src-main/images/decode";
import { decoderState } from "../../src-main/images/decode-client";
import { createDecoderPool, type DecoderPool } from "../../src-main/images/decoder-pool";
import { failures } from "../../src-main/store/photos";
import type { Pack } from "../../src-main/vision/pack";
import { embedPhotos } from "../../src-main/workspace/embed-photos";
import { emptyLibrary, paint, temporaryFolder } from "../fixtures/photo-folder";
import { childrenOf, runs } from "../fixtures/processes";
import { rawContainer } from "../fixtures/raw-containers";

const { broken } = vi.hoisted(() => ({ broken: { file: null as string | null } }));
vi.mock("../../src-main/base/fork-program", async (load) => {
  const actual = await load<typeof import("../../src-main/base/fork-program")>();
  const forkProgram: typeof actual.forkProgram = (file, ...rest) => actual.forkProgram(broken.file ?? file, ...rest);
  return { ...actual, forkProgram };
});

/** Size of the slow image. */
const WIDTH = 5000;
const PLAIN: Preprocess = { size: 64, resize: "cover", recompress: null };
const DETECTION: DetectorInput = { longSide: 96, multiple: 32 };
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;
const DECODE_UNTIL_KILLED = new URL("../fixtures/decode-until-killed.ts", import.meta.url).pathname;

const decodeIn = (pool: DecoderPool, file: string | Uint8Array, seconds = 30) =>
  pool.run("decode", [file, PLAIN, DETECTION, seconds], { seconds, prompt: false });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "decoded",
    (error: { code?: string }) => error.code ?? String(error),
  );

/** A small photo, and one that takes a while to decode and, being interlaced, memory for all its pixels. */
async function pictures(megapixels = 20): Promise<{ small: string; slow: string }> {
  const folder = temporaryFolder();
  const [small, slow] = [join(folder, "small.jpg"), join(folder, "slow.png")];
  await paint(small, 1);
  await sharp({ create: { width: WIDTH, height: (megapixels * 1e6) / WIDTH, channels: 3, background: "#a87860" } })
    .png({ progressive: true, compressionLevel: 1 })
    .toFile(slow);
  return { small, slow };
}

/** A pool of one process, already running. */
async function poolOfOne(small: string, maxBytes?: number): Promise<DecoderPool> {
  const pool = createDecoderPool({ processes: 1, maxBytes });
  await decodeIn(pool, small);
  return pool;
}

test("a decoder returns the same as decoding directly, and a refusal with its reason", async () => {
  const { small } = await pictures();
  const pool = createDecoderPool({ processes: 2 });
  const [{ thumbnail, pixels, detectorPixels, imageQuality, ...facts }, here] = [
    await decodeIn(pool, small),
    await decodeHere(small, PLAIN, DETECTION),
  ];
  expect(facts).toMatchObject({ width: here.width, height: here.height, format: "jpeg", takenAt: null, camera: "" });
  expect(Buffer.from(thumbnail).equals(here.thumbnail)).toBe(true);
  expect(Buffer.from(pixels!).equals(Buffer.from(here.pixels!))).toBe(true);
  expect(detectorPixels).toMatchObject({ width: here.detectorPixels!.width, height: here.detectorPixels!.height });
  expect(Buffer.from(detectorPixels!.data).equals(Buffer.from(here.detectorPixels!.data))).toBe(true);
  expect(Buffer.from(imageQuality.grey).equals(Buffer.from(here.imageQuality.grey))).toBe(true);
  expect((await decodeIn(pool, readFileSync(small))).pixels).toEqual(pixels);
  await expect(decodeIn(pool, Buffer.from("no picture"))).rejects.toMatchObject({
    name: "Refusal",
    code: "not-an-image",
  });
  expect(pool.state().ended).toBe(0);
});

// guarantee: bad-photo-alone
test("a photo whose decoder is killed is decoded by the next one; those queued behind it are unaffected", async () => {
  const { small, slow } = await pictures();
  const pool = await poolOfOne(small);
  const [first] = pool.state().pids;
  const [struck, behind] = [decodeIn(pool, slow), decodeIn(pool, small)];
  process.kill(first, "SIGKILL");
  expect((await struck).width).toBe(WIDTH);
  expect((await behind).width).toBe(96);
  expect(pool.state().ended).toBe(1);
  expect(pool.state().pids).not.toContain(first);
  expect(runs(first)).toBe(false);
});

// guarantee: bad-photo-alone
test("a photo that crashes its decoder twice has failed, and only that one", async () => {
  const { small, slow } = await pictures();
  const pool = await poolOfOne(small);
  const [struck, behind] = [codeOf(decodeIn(pool, slow)), decodeIn(pool, small)];
  process.kill(pool.state().pids[0], "SIGKILL");
  process.kill(
    await vi.waitUntil(() => pool.state().ended === 1 && pool.state().pids[0], { timeout: 20_000, interval: 5 }),
    "SIGKILL",
  );
  expect(await struck).toBe("decoder-died");
  expect((await behind).width).toBe(96);
  expect(pool.state().ended).toBe(2);
});

// guarantee: bad-photo-alone
test("a decoder that hangs is killed when its photo times out", async () => {
  const { small } = await pictures();
  const pool = await poolOfOne(small);
  const [hung] = pool.state().pids;
  process.kill(hung, "SIGSTOP");
  const [struck, behind] = [decodeIn(pool, small, 0.5), decodeIn(pool, small)];
  await expect(struck).rejects.toMatchObject({ code: "too-slow", message: expect.stringContaining("0.5 seconds") });
  expect((await behind).width).toBe(96);
  expect(runs(hung)).toBe(false);
});

// guarantee: bad-photo-alone
test("a decoder that uses too much memory ends itself, and its photo gets that reason", async () => {
  const { small, slow } = await pictures(100);
  const pool = await poolOfOne(small, 250 * 2 ** 20);
  const [struck, behind] = [decodeIn(pool, slow), decodeIn(pool, small)];
  await expect(struck).rejects.toMatchObject({ code: "too-large", message: expect.stringContaining("250 MB") });
  expect((await behind).width).toBe(96);
});

test("an image that someone waits for is decoded before the rest, and never queued behind another", async () => {
  const { small } = await pictures();
  const pool = await poolOfOne(small);
  const order: string[] = [];
  const background = Array.from({ length: 6 }, (_, i) => decodeIn(pool, small).then(() => order.push(`${i}`)));
  const prompt = pool.run("render", [small, 50, 30], { seconds: 30, prompt: true }).then(() => order.push("prompt"));
  await Promise.all([...background, prompt]);
  expect(order).toEqual(["0", "1", "prompt", "2", "3", "4", "5"]);
});

test("a decoder that can't start is an error of the program, not of every photo", async () => {
  const { small } = await pictures();
  broken.file = "/no/such/file.mjs";
  onTestFinished(() => {
    broken.file = null;
  });
  const pool = createDecoderPool({ processes: 2 });
  const outcomes = await Promise.allSettled([decodeIn(pool, small), decodeIn(pool, small), decodeIn(pool, small)]);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: { name: "Error", message: expect.stringMatching(/can't start a decoder: .*file\.mjs/) },
    });
});

// guarantee: bad-photo-alone
test("however often decoders are killed, labelling finishes, and every photo has features or a reason", async () => {
  const store = emptyLibrary();
  const n = 30;
  for (let i = 0; i < n; i++) await paint(join(store.folder, `${i}.png`), i, 900, 600);
  for await (const _ of scan(store));
  const job = {
    signal: new AbortController().signal,
    progress: () => undefined,
    yield: () => Promise.resolve(),
  } as unknown as JobHandle;
  const pack = { dimensions: 1, classes: [{}], visualId: "one", preprocess: PLAIN } as unknown as Pack;
  const model = {
    backend: { provider: "cpu" as const, name: "one", why: "" },
    dispose: () => Promise.resolve(),
    embed: (photos: Uint8Array[]) =>
      Promise.resolve({ features: new Float32Array(photos.length).fill(1), logits: new Float32Array(photos.length) }),
  };
  let kills = 10;
  const killing = setInterval(() => {
    for (const pid of decoderState().pids) if (kills-- > 0) process.kill(pid, "SIGKILL");
  }, 20);
  const { embedded, failed } = await embedPhotos(store, pack, model, job, () => undefined).finally(() =>
    clearInterval(killing),
  );
  expect(kills).toBeLessThanOrEqual(0);
  expect(embedded + failed).toBe(n);
  expect(failures(store)).toHaveLength(failed);
  for (const { code } of failures(store)) expect(code).toBe("decoder-died");
  // The next scan tries them again.
  for await (const _ of scan(store));
  expect(await embedPhotos(store, pack, model, job, () => undefined)).toEqual({ embedded: failed, failed: 0 });
});

// guarantee: no-orphans
test("decoders end with their engine, however it ends", async () => {
  const { slow } = await pictures();
  const engine = spawn(
    process.execPath,
    ["--no-warnings", "--experimental-transform-types", "--import", RESOLVE, DECODE_UNTIL_KILLED, slow],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void engine.kill("SIGKILL"));
  const [line] = (await once(engine.stdout, "data")) as [Buffer];
  const pids = line.toString().trim().split(" ").map(Number);
  expect(pids.map(runs)).toEqual(pids.map(() => true));
  engine.kill("SIGKILL");
  await vi.waitUntil(() => !pids.some(runs), { timeout: 20_000 });
});

// guarantee: no-orphans
test.skipIf(!existsSync("/proc/self/stat"))(
  "ExifTool ends too when its decoder is killed (checked in /proc)",
  async () => {
    const { small } = await pictures();
    const pool = await poolOfOne(small);
    const raw = join(temporaryFolder(), "photo.nef");
    writeFileSync(
      raw,
      rawContainer(
        "nef",
        await sharp({ create: { width: 400, height: 300, channels: 3, background: "#446688" } })
          .jpeg()
          .toBuffer(),
      ),
    );
    await decodeIn(pool, raw);
    const [decoder] = pool.state().pids;
    const children = childrenOf(decoder);
    expect(children.length).toBeGreaterThan(0);
    process.kill(decoder, "SIGKILL");
    await vi.waitUntil(() => !children.some(runs), { timeout: 20_000 });
  },
);

// guarantee: no-decoder-in-engine
test("the engine itself loads no decoder", () => {
  const built = new URL("../../out/main/", import.meta.url).pathname;
  const seen = new Set<string>();
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)) {
      if (from.startsWith(".")) follow(join(file, "..", from));
      else expect(`${file} ${from}`).not.toMatch(/ (sharp|libheif-js.*)$/);
    }
  };
  for (const entry of ["engine.js", "cli.js", "web.js"]) follow(join(built, entry));
  expect(seen.size).toBeGreaterThan(3);
});
