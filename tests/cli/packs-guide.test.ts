import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ColouredPhotos, colouredPhotos } from "../fixtures/coloured-photos";
import { semblance } from "../fixtures/command-line";
import { entryFor, type ModelHub, modelHub } from "../fixtures/model-hub";
import { COLOUR_PACK } from "../fixtures/small-onnx";

const PAGE = fileURLToPath(new URL("../../docs/guide/packs.md", import.meta.url));

/** The command lines in the page's code blocks, in order. */
const commands = [...readFileSync(PAGE, "utf8").matchAll(/^```sh\n([^]*?)^```/gm)]
  .flatMap(([, block]) => block!.trim().split("\n"))
  .map((line) => line.replace(/\s+#.*/, ""));

let photos: ColouredPhotos;
let hub: ModelHub;
let home: string;
let catalogue: string;

beforeAll(async () => {
  photos = await colouredPhotos(4);
  const read = (name: string) => readFileSync(join(photos.pack, name));
  const files = { "classes.json": read("classes.json"), "visual.onnx": read("visual.onnx") };
  hub = await modelHub(files);
  home = mkdtempSync(join(tmpdir(), "semblance-guide-"));
  catalogue = join(photos.root, "catalogue.json");
  const { visual, classes } = COLOUR_PACK;
  writeFileSync(catalogue, JSON.stringify([entryFor("siglip2-base", files, { visual, classes })]));
});
afterAll(async () => {
  await hub.close();
  rmSync(home, { recursive: true });
  photos.remove();
});

/** Runs a line as it is on the page, with this computer's hub, a small pack of the same name, and folders that exist. */
function run(line: string) {
  const words = line.replace(/^(\w+=\S+ )?npx semblance /, "").split(" ");
  const folders: Record<string, string> = { "~/Pictures": photos.folder, "~/Downloads/pack": photos.pack };
  return semblance(
    home,
    words.map((word) => folders[word] ?? word),
    { env: { SEMBLANCE_HUB: hub.address, SEMBLANCE_CATALOGUE: catalogue } },
  );
}

/** What each command of the page does, in the page's order. */
const RUNS: Record<string, { code?: number; says: RegExp }> = {
  "npx semblance packs list": { says: /^efficientnet-lite2 [^]*speed not measured[^]*packs get NAME:\nsiglip2-base/ },
  "npx semblance packs list --measure": { says: /[\d.]+ ms a photo on this computer \(onnxruntime/ },
  "npx semblance packs get siglip2-base": { says: /^Installed siglip2-base in .*siglip2-base: [\d.]+ ms a photo/ },
  "SEMBLANCE_HUB=https://mirror.example npx semblance packs get siglip2-base": {
    code: 1,
    says: /siglip2-base is already installed/,
  },
  "npx semblance packs check siglip2-base": { says: /is in order: 2 files with the right SHA-256\.\n10 pictures/ },
  "npx semblance packs check ~/Downloads/pack": { says: /alpine landscape: \w+ \(\d+ %\)/ },
  "npx semblance tag ~/Pictures --pack siglip2-base": { says: /"path":"0\.jpg"/ },
  "npx semblance packs remove siglip2-base": { code: 2, says: /siglip2-base labels the photos in .*photos\. Choose/ },
  "npx semblance packs remove siglip2-base --force": { says: /Removed siglip2-base; [\d.]+ kB freed/ },
};

test("every command of the page is run here, in the page's order", () => {
  expect(Object.keys(RUNS)).toEqual(commands);
});

test.each(Object.entries(RUNS))("%s does what the page says", async (line, { code = 0, says }) => {
  const ran = await run(line);
  expect(ran.stdout + ran.stderr).toMatch(says);
  expect(ran.code).toBe(code);
});

test("a library whose pack was removed by force keeps its labels", async () => {
  const found = await run("npx semblance search ~/Pictures tomato");
  expect(found).toMatchObject({ code: 0, stdout: expect.stringMatching(/^{"path":"0\.jpg"/) });
  expect(await run("npx semblance status ~/Pictures")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("4 photos, 4 labelled"),
  });
});

test("the page states the sizes of its models", () => {
  const page = readFileSync(PAGE, "utf8");
  const bundled = /efficientnet-lite2` \| (\d+) MB/.exec(page)![1];
  return run("npx semblance packs list --json").then(({ stdout }) => {
    const { installed } = JSON.parse(stdout) as { installed: { name: string; bytes: number }[] };
    expect(Math.round(installed.find(({ name }) => name === "efficientnet-lite2")!.bytes / 1e6)).toBe(Number(bundled));
  });
});
