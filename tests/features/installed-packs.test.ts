import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { installedPacksFolder, isPackName, packFolder } from "../../src-main/base/resources";
import { checkPack } from "../../src-main/features/packs/check-pack";
import { listPacks, removePack } from "../../src-main/features/packs/installed-packs";
import { rememberSpeed, speedOf } from "../../src-main/features/packs/pack-speeds";
import { closeFolder } from "../../src-main/workspace/close-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import { type ColouredPhotos, colouredPhotos } from "../fixtures/coloured-photos";
import { semblance } from "../fixtures/command-line";
import { writeFindingPack } from "../fixtures/finding-pack";
import { entryFor, type ModelHub, modelHub } from "../fixtures/model-hub";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOUR_PACK, FEATURES, type Node, onnxFile, SIDE, writeColourPack } from "../fixtures/small-onnx";

const SHAPES = new URL("../fixtures/packs/shapes", import.meta.url).pathname;
let photos: ColouredPhotos;
let hub: ModelHub;
let files: Record<string, Buffer>;

beforeAll(async () => {
  photos = await colouredPhotos(8);
  files = Object.fromEntries(
    ["classes.json", "visual.onnx"].map((name) => [name, readFileSync(join(photos.pack, name))]),
  );
  hub = await modelHub(files);
});
afterAll(async () => {
  photos.remove();
  await hub.close();
});

/** A data folder with this pack in it. */
function homeWith(name: string, write: (folder: string) => unknown = writeColourPack): string {
  const home = temporaryFolder();
  mkdirSync(installedPacksFolder(home));
  write(join(installedPacksFolder(home), name));
  return home;
}

/** What is in the data folder beside what is known about packs. */
const packsLeft = (home: string) => readdirSync(join(home, "packs")).filter((name) => !name.endsWith(".json"));

describe("packs in the data folder", () => {
  test("are found by name, listed with what they are and who uses them, and removed", async () => {
    const home = homeWith("colours", writeFindingPack);
    writeColourPack(join(home, "packs", "broken"));
    writeFileSync(join(home, "packs", "broken", "visual.onnx"), "no network");
    const opened = await openFolder(home, photos.folder, { pack: "colours" });
    expect(listPacks(home).find(({ name }) => name === "colours")!.libraries).toEqual([photos.folder]); // while it is open
    await closeFolder(
      opened,
      createJobs(() => undefined),
    );

    const [bundled, broken, colours] = listPacks(home);
    expect(bundled).toMatchObject({ name: "efficientnet-lite2", isBundled: true, libraries: [], speed: null });
    expect(bundled!.pack).toMatchObject({ classes: 1000, detectors: ["objects", "faces"], hasTextTower: false });
    expect(broken).toMatchObject({ name: "broken", pack: null, fault: expect.stringContaining("visual.onnx") });
    expect(colours).toMatchObject({ folder: packFolder("colours", home), pack: { detectors: ["things", "faces"] } });
    const size = readdirSync(colours!.folder).reduce(
      (sum, f) => sum + readFileSync(join(colours!.folder, f)).length,
      0,
    );
    expect(colours!.bytes).toBe(size);

    expect(() => removePack(home, "colours")).toThrow(
      `colours labels the photos in ${photos.folder}. Choose another model there first.`,
    );
    expect(removePack(home, "broken")).toBeGreaterThan(0);
    expect(removePack(home, "colours", true)).toBe(size);
    expect(packsLeft(home)).toEqual([]);
  });

  test("that a kill left half removed are deleted the next time, and never listed", () => {
    const home = homeWith(".removed-0123456789abcdef");
    expect(listPacks(home).map(({ name }) => name)).toEqual(["efficientnet-lite2"]);
    expect(packsLeft(home)).toEqual([]);
  });

  test("are removed by their names only", () => {
    const home = homeWith("colours");
    const elsewhere = writeColourPack(join(temporaryFolder(), "mine"));
    symlinkSync(elsewhere, join(home, "packs", "linked"));
    expect(() => removePack(home, "efficientnet-lite2")).toThrow("comes with Semblance and can’t be removed");
    for (const name of ["../libraries", elsewhere, ".", "", "other"])
      expect(() => removePack(home, name)).toThrow("There is no installed pack");
    removePack(home, "linked");
    expect(existsSync(join(elsewhere, "pack.json"))).toBe(true);
    expect(packsLeft(home)).toEqual(["colours"]);
  });

  test.each(["a", "SigLIP2-base_v1.5", "x".repeat(64)])("may be called %s", (name) => {
    expect(isPackName(name)).toBe(true);
  });
  test.each(["", ".x", "a/b", "a\\b", "a b", "x.partial", "x.", "CON", "nul.onnx", "ä", "x".repeat(65)])(
    "may not be called “%s”",
    (name) => {
      expect(isPackName(name)).toBe(false);
    },
  );

  test("have a speed for this computer only", () => {
    const home = temporaryFolder();
    const speed = { millisecondsPerPhoto: 12.5, backend: "onnxruntime cpu", measuredAt: "2026-01-01T00:00:00Z" };
    expect(speedOf(home, "abc")).toBeNull();
    rememberSpeed(home, "abc", speed);
    rememberSpeed(home, "def", { ...speed, millisecondsPerPhoto: 3 });
    expect(speedOf(home, "abc")).toEqual(speed);
    const file = join(home, "packs", "speeds.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"[^"]* × [^"]*"/, '"another computer"'));
    expect(speedOf(home, "abc")).toBeNull();
    writeFileSync(file, "{");
    expect(speedOf(home, "abc")).toBeNull(); // it can be measured again
  });
});

describe("checking a pack", () => {
  test("runs all its networks on ten pictures and remembers the speed", async () => {
    const home = homeWith("colours", writeFindingPack);
    const checked = await checkPack(home, packFolder("colours", home));
    expect(checked).toMatchObject({ name: "colours", pictures: 10, hashes: 0 });
    expect(checked.topClasses).toHaveLength(7);
    expect(checked.boxes.map(({ detector }) => detector)).toEqual(["things", "faces"]);
    expect(checked.speed.millisecondsPerPhoto).toBeGreaterThan(0);
    expect(speedOf(home, checked.visualId)).toEqual(checked.speed);
  });

  test("runs a text tower too, and refuses one that tells no sentences apart", async () => {
    const home = homeWith("drawn", (folder) => void cpSync(SHAPES, folder, { recursive: true }));
    const folder = packFolder("drawn", home);
    expect(await checkPack(home, folder)).toMatchObject({ pictures: 10, topClasses: [], boxes: [] });
    const ids: Node[] = [
      { op: "Cast", inputs: ["ids"], outputs: ["numbers"], attributes: { to: 1 } },
      { op: "ReduceMean", inputs: ["numbers"], outputs: ["mean"], attributes: { axes: [1], keepdims: 1 } },
      { op: "Mul", inputs: ["mean", "zero"], outputs: ["nothing"] },
      { op: "Add", inputs: ["nothing", "same"], outputs: ["same_for_all"] },
    ];
    const described = JSON.parse(readFileSync(join(folder, "pack.json"), "utf8")) as {
      visual: { features: { dimensions: number } };
      text: object;
      sha256?: object;
    };
    const D = described.visual.features.dimensions;
    const weights = [
      { name: "zero", dims: [1], values: Float32Array.of(0) },
      { name: "same", dims: [1, D], values: new Float32Array(D).fill(1) },
    ];
    const input = { name: "ids", type: 7, dims: ["n", "tokens"] };
    writeFileSync(join(folder, "text.onnx"), onnxFile(ids, weights, input, { same_for_all: D }));
    const text = { ...described.text, inputs: { ids: "ids" }, output: "same_for_all" };
    writeFileSync(join(folder, "pack.json"), JSON.stringify({ ...described, text, sha256: {} }));
    await expect(checkPack(home, folder)).rejects.toThrow("its text tower gives all sentences the same");
  });

  /** A network whose features come from the mean colour by these nodes. */
  const network = (...nodes: { op: string; inputs: string[]; outputs: string[] }[]) =>
    onnxFile(
      [
        { op: "GlobalAveragePool", inputs: ["pixels"], outputs: ["pooled"] },
        { op: "Flatten", inputs: ["pooled"], outputs: ["colour"] },
        ...nodes,
        { op: "Concat", inputs: ["three", "three"], outputs: ["features"], attributes: { axis: 1 } },
        { op: "Gemm", inputs: ["features", "head"], outputs: ["logits"], attributes: { transB: 1 } },
      ],
      [{ name: "head", dims: [4, FEATURES], values: new Float32Array(4 * FEATURES).fill(0.1) }],
      { name: "pixels", dims: ["n", 3, SIDE, SIDE] },
      { features: FEATURES, logits: 4 },
    );

  // guarantee: hostile-pack
  test.each<[string, (folder: string) => void, RegExp]>([
    [
      "that gives all photos the same features",
      (folder) =>
        writeFileSync(
          join(folder, "visual.onnx"),
          network({ op: "Sub", inputs: ["colour", "colour"], outputs: ["three"] }),
        ),
      /gives all 10 pictures the same 6 features/,
    ],
    [
      "that divides by zero on a plain picture",
      (folder) =>
        writeFileSync(
          join(folder, "visual.onnx"),
          network(
            { op: "ReduceMax", inputs: ["pooled"], outputs: ["highest"] },
            { op: "Flatten", inputs: ["highest"], outputs: ["highestOfAll"] },
            { op: "Sub", inputs: ["colour", "highestOfAll"], outputs: ["below"] },
            { op: "Div", inputs: ["below", "below"], outputs: ["three"] },
          ),
        ),
      /in its output features is NaN/,
    ],
    [
      "with a file that isn't what it states",
      (folder) => {
        writeFileSync(join(folder, "notes.txt"), "other notes");
        const sha256 = { "notes.txt": "0".repeat(64) };
        writeFileSync(join(folder, "pack.json"), JSON.stringify({ ...COLOUR_PACK, sha256 }));
      },
      /notes\.txt has SHA-256 [0-9a-f]{64}, but pack\.json states 0{64}/,
    ],
  ])("%s is refused with the reason", async (_, spoil, reason) => {
    const home = homeWith("colours");
    spoil(packFolder("colours", home));
    const refusal = await checkPack(home, packFolder("colours", home)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "Refusal", code: "bad-pack", message: expect.stringMatching(reason) });
  });

  test("on the command line, ends with 2 for a pack that can't be used and prints what it found otherwise", async () => {
    const home = homeWith("colours");
    const folder = packFolder("colours", home);
    writeFileSync(join(folder, "classes.json"), '[{ "name": "one" }]');
    const bad = await semblance(home, ["packs", "check", "colours"]);
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toBe(`semblance: Model pack ${folder}: classes.json names 1 classes, but the model has 4.\n`);
  });
});

test("the window lists, measures, downloads, uses and removes packs, and a change of pack keeps verdicts", async () => {
  const catalogue = join(temporaryFolder(), "catalogue.json");
  const { visual, classes } = COLOUR_PACK;
  writeFileSync(catalogue, JSON.stringify([entryFor("fetched", files, { visual, classes })]));
  vi.stubEnv("SEMBLANCE_HUB", hub.address);
  vi.stubEnv("SEMBLANCE_CATALOGUE", catalogue);
  const home = homeWith("finding", writeFindingPack);
  const folder = join(temporaryFolder(), "photos");
  cpSync(photos.folder, folder, { recursive: true });
  const first = await openFolder(home, folder, { pack: "finding" });
  await closeFolder(
    first,
    createJobs(() => undefined),
  );

  const engine = await openEngine(home);
  const { api } = engine;
  await api.openLibrary({ folder });
  await engine.idle();
  const { photos: ids } = await api.browse({ sort: "name", descending: false, group: "none" });
  await api.annotate({ photos: [ids[0]!], label: "own:Rex", verdict: "accept" });

  const before = await api.packs();
  expect(before.inUse).toBe("finding");
  expect(before.available.map(({ name }) => name)).toEqual(["siglip2-base", "fetched"]);
  const { job } = await api.getPack({ name: "fetched" });
  expect(await engine.ended(job)).toMatchObject({ kind: "download", state: "done", message: "fetched, for tests" });
  const speed = await api.measurePack({ name: "finding" });
  const after = await api.packs();
  expect(after.installed.find(({ name }) => name === "finding")).toMatchObject({ speed, photosToAnalyse: 0 });
  expect(after.installed.find(({ name }) => name === "fetched")).toMatchObject({ libraries: [] });

  await expect(api.removePack({ name: "finding" })).rejects.toMatchObject({ code: "pack-in-use" });
  await expect(api.usePack({ name: "finding" })).rejects.toMatchObject({ code: "no-upgrade" });
  const used = await api.usePack({ name: "fetched" });
  expect(await engine.ended(used.job)).toMatchObject({ kind: "upgrade", state: "done", message: "8 photos labelled" });
  await engine.idle();
  expect((await api.packs()).inUse).toBe("fetched");
  expect((await api.library())!.verdicts).toBe(1);
  await api.goBack();
  await engine.idle();
  expect((await api.packs()).inUse).toBe("finding");
  expect((await api.library())!.verdicts).toBe(1);
  await api.removePack({ name: "fetched" });
  expect((await api.packs()).available.map(({ name }) => name)).toEqual(["siglip2-base", "fetched"]);
  vi.unstubAllEnvs();
}, 60_000);
