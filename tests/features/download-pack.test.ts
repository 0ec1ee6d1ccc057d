import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { packFolder } from "../../src-main/base/resources";
import { availablePacks } from "../../src-main/features/packs/available-packs";
import { catalogue } from "../../src-main/features/packs/catalogue";
import { type CatalogueEntry, entryShape } from "../../src-main/features/packs/catalogue-entry";
import { downloadPack, totalBytes } from "../../src-main/features/packs/download-pack";
import { listPacks, removePack } from "../../src-main/features/packs/installed-packs";
import { readPack } from "../../src-main/vision/pack";
import { Refusal } from "../../src-shared/refusal";
import { entryFor, type ModelHub, modelHub, stallAfter } from "../fixtures/model-hub";
import { NO_DISK, smallDisk } from "../fixtures/small-disk";
import { COLOUR_PACK, writeColourPack } from "../fixtures/small-onnx";

const NAME = "colours";
const VISUAL = "onnx/visual.onnx";
const { visual, classes } = COLOUR_PACK;

let root: string;
let hub: ModelHub;
let files: Record<string, Buffer>;
let home: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "semblance-hub-"));
  const made = writeColourPack(join(root, "made"));
  const read = (name: string) => readFileSync(join(made, name));
  files = { "classes.json": read("classes.json"), [VISUAL]: read("visual.onnx") };
  hub = await modelHub(files);
});
afterAll(async () => {
  await hub.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  home = join(root, "home");
  hub.reset();
  writeCatalogue(entryFor(NAME, files, { visual, classes }));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = () => ({ SEMBLANCE_HUB: hub.address, SEMBLANCE_CATALOGUE: join(root, "catalogue.json") });
const writeCatalogue = (...entries: unknown[]) => writeFileSync(join(root, "catalogue.json"), JSON.stringify(entries));
const packs = () => join(home, "packs");
/** What is in the data folder's packs. */
const left = () => (existsSync(packs()) ? readdirSync(packs(), { recursive: true, encoding: "utf8" }).sort() : []);

const download = ({
  signal = new AbortController().signal,
  onProgress = () => undefined,
  address = hub.address,
}: { signal?: AbortSignal; onProgress?: (bytes: number, total: number) => void; address?: string } = {}) =>
  downloadPack(home, NAME, { signal, onProgress, waits: [0], env: { ...env(), SEMBLANCE_HUB: address } });

const refused = (code: Refusal["code"], message: string | RegExp) => ({
  name: "Refusal",
  code,
  message: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
});

test("a downloaded pack has the catalogue's files, is run, and has a name", async () => {
  const seen: number[] = [];
  const total = files["classes.json"]!.length + files[VISUAL]!.length;
  expect(availablePacks(home, env()).find(({ name }) => name === NAME)).toMatchObject({ bytes: total, downloaded: 0 });
  const checked = await download({ onProgress: (bytes) => seen.push(bytes) });
  expect(checked).toMatchObject({ folder: join(packs(), NAME), pictures: 10, hashes: 2 });
  expect(hub.requests).toEqual(["classes.json", VISUAL]);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(total);
  expect(left()).toEqual([NAME, `${NAME}/classes.json`, `${NAME}/pack.json`, `${NAME}/visual.onnx`, "speeds.json"]);
  expect(readPack(packFolder(NAME, home))).toMatchObject({ about: "Tells colours apart.", licence: "CC0-1.0" });
  expect(listPacks(home).find(({ name }) => name === NAME)).toMatchObject({
    isBundled: false,
    fault: null,
    speed: checked.speed,
  });
  expect(availablePacks(home, env()).map(({ name }) => name)).toEqual(["siglip2-base"]);
  await expect(download()).rejects.toMatchObject(refused("file-exists", "already installed"));
});

test("a cancelled download keeps what came, shows it, continues, and can be removed", async () => {
  const stop = (abort: AbortController) => ({
    signal: abort.signal,
    onProgress: (bytes: number) => {
      if (bytes > files["classes.json"]!.length) abort.abort(new Refusal("cancelled", "Cancelled."));
    },
  });
  hub.next(VISUAL, stallAfter(120));
  await expect(download(stop(new AbortController()))).rejects.toMatchObject({ code: "cancelled" });
  const partial = [
    `${NAME}.partial`,
    ...["classes.json", "etags.json", "visual.onnx"].map((f) => `${NAME}.partial/${f}`),
  ];
  expect(left()).toEqual(partial);
  const [entry] = availablePacks(home, env()).filter(({ name }) => name === NAME);
  expect(entry!.downloaded).toBe(files["classes.json"]!.length + 120);
  await expect(download(stop(new AbortController()))).rejects.toMatchObject({ code: "cancelled" }); // it comes at once
  expect(hub.requests.at(-1)).toBe(`${VISUAL} bytes=120-`);
  expect(removePack(home, NAME)).toBeGreaterThan(120);
  expect(left()).toEqual([]);
});

test("a pack is downloaded once at a time; a download that died doesn't stand in the way", async () => {
  mkdirSync(join(packs(), `${NAME}.partial`), { recursive: true });
  writeFileSync(join(packs(), `${NAME}.partial`, "lock"), "999999999-1-0000"); // of a process that is gone
  const abort = new AbortController();
  const second: Promise<unknown>[] = [];
  hub.next("classes.json", stallAfter(1));
  const first = download({
    signal: abort.signal,
    onProgress: () => {
      second.push(
        download()
          .catch((error: unknown) => error)
          .finally(() => abort.abort(new Refusal("cancelled", "Cancelled."))),
      );
    },
  });
  await expect(first).rejects.toMatchObject({ code: "cancelled" });
  expect(await second[0]).toMatchObject(refused("busy", "already being downloaded"));
});

test("a hub that nobody serves is said at once, and leaves nothing", async () => {
  const gone = await modelHub({});
  await gone.close();
  await expect(download({ address: gone.address })).rejects.toMatchObject(
    refused("download-failed", "it refuses the connection"),
  );
  for (const address of ["http://elsewhere.example", "ftp://127.0.0.1", "hub"])
    await expect(download({ address })).rejects.toMatchObject(refused("bad-setting", address));
  expect(left()).toEqual([]);
});

// guarantee: hostile-download
test("a pack that is what the catalogue states but can't be run isn't installed", async () => {
  const broken = Buffer.from(files[VISUAL]!);
  broken.fill(0, 40, 60);
  const own = await modelHub({ "classes.json": files["classes.json"]!, [VISUAL]: broken });
  onTestFinished(() => own.close());
  writeCatalogue(entryFor(NAME, { "classes.json": files["classes.json"]!, [VISUAL]: broken }, { visual, classes }));
  await expect(download({ address: own.address })).rejects.toMatchObject({ code: "bad-pack" });
  expect(existsSync(join(packs(), NAME))).toBe(false);
});

test("a pack that doesn't fit on the disk is refused before a byte is asked for", async (context) => {
  const disk = smallDisk(2);
  if (disk === null) return context.skip(NO_DISK);
  home = join(disk, "home");
  const big = { "big.onnx": Buffer.alloc(4e6, 1) };
  writeCatalogue(entryFor(NAME, big, {}));
  await expect(download()).rejects.toMatchObject(
    refused("disk-full", /needs another 4 MB, and the disk of .*packs has 2(\.1)? MB left/),
  );
  expect(hub.requests).toEqual([]);
  expect(left()).toEqual([]);
});

test("Semblance's own catalogue holds what it demands of others", () => {
  for (const entry of catalogue({})) expect(entryShape.parse(entry)).toEqual(entry);
  expect(catalogue({}).map((entry) => [entry.name, totalBytes(entry)])).toEqual([["siglip2-base", 785_264_785]]);
});

describe("a catalogue of one's own", () => {
  const base = (): CatalogueEntry => entryFor(NAME, { "a.onnx": Buffer.from("a") }, {});
  const file = (as: string) => [{ path: "a", as, bytes: 1, sha256: "0".repeat(64) }];

  test.each<[string, object, string]>([
    ["a repository above the hub", { repository: "../../secrets" }, "must not contain . or .."],
    ["a revision that can change", { revision: "main" }, "a commit of 40 hex digits"],
    ["a name that is a path", { name: "../x" }, "must be a name"],
    ["a file outside the pack", { files: file("../a.onnx") }, "files[0].as"],
    ["a file of Semblance's own", { files: file("pack.json") }, "uses itself"],
    ["an unknown field", { url: "https://elsewhere.example" }, "url"],
  ])("with %s is refused", (_, change, message) => {
    writeCatalogue({ ...base(), ...change });
    expect(() => catalogue(env())).toThrow(message);
  });

  test("that isn't JSON, or no file, is refused", () => {
    writeFileSync(env().SEMBLANCE_CATALOGUE, "{");
    expect(() => catalogue(env())).toThrow("not valid JSON");
    expect(() => catalogue({ SEMBLANCE_CATALOGUE: root })).toThrow("is a folder, not a file");
  });
});
