import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PackComparison } from "../../src-shared/contract";
import { jsonLines, type Ran, semblance } from "../fixtures/command-line";
import { drawPhotos, KINDS, UNKNOWN_WORDS } from "../fixtures/drawn-photos";
import { blindPack, copySeed, renamePack } from "../fixtures/seed-packs";

/** Every command of the guide's page on comparing and switching packs, in its order, on one library. */
const PAGE = new URL("../../docs/guide/packs-compare.md", import.meta.url);
const EACH = 7;
const PHOTOS = 3 * EACH;

const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-guide-")));
const [photos, home, own, mine] = ["photos", "home", "own", "mine"].map((name) => join(root, name));
const env = { SEMBLANCE_PACK: own };
let before: string;

beforeAll(async () => {
  const names = await drawPhotos(photos, EACH);
  renamePack(copySeed(own), "own");
  renamePack(blindPack(mine), "mine");
  const verdicts = join(root, "verdicts.csv");
  const rows = KINDS.flatMap((kind) => names[kind].map((path) => `${path},${UNKNOWN_WORDS[kind]},accept`));
  writeFileSync(verdicts, ["path,label,verdict", ...rows.slice(0, -1), ""].join("\n"));
  for (const args of [
    ["tag", photos, "--labels", "pack-classes", "--threshold", "0.05"],
    ["correct", photos, verdicts],
    ["retrain", photos],
  ])
    expect(await semblance(home, args, { env })).toMatchObject({ code: 0 });
  before = (await semblance(home, ["tag", photos], { env })).stdout;
  expect(before).toContain(UNKNOWN_WORDS.discs);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What each command must do, by its words. */
const EXPECTED: Record<string, (ran: Ran) => void | Promise<void>> = {
  "evaluate --library ~/Pictures --packs ~/packs/mine": ({ stdout }) => {
    expect(stdout).toMatch(
      new RegExp(
        String.raw`^\| % \| Seed: 335 classes, 64x64 pixels \| Blind seed \| difference \|\n\| --- \| --- \| --- \| --- \|\n` +
          String.raw`\| first label right, ${PHOTOS - 1} photos \| [\d.]+ \([\d.]+ to [\d.]+\) \| .+ \| −[\d.]+ \(−[\d.]+ to −[\d.]+\) \|\n` +
          String.raw`\| mean average precision, 3 labels \|`,
      ),
    );
    expect(stdout).toContain("\nSeed: 335 classes, 64x64 pixels is better for you: it puts a right label first on ");
  },
  "evaluate --library ~/Pictures --packs ~/packs/one ~/packs/other --json": ({ stdout }) => {
    expect(JSON.parse(stdout)).toMatchObject({
      a: { title: "Blind seed", from: mine },
      b: { from: own },
      better: "b",
      photos: PHOTOS - 1,
    } satisfies Partial<Record<keyof PackComparison, unknown>>);
  },
  "tag ~/Pictures --pack ~/packs/mine": async ({ stdout, stderr }) => {
    expect(stderr).toBe("");
    const labels = jsonLines<{ labels: { id: string; source: string }[] }>(stdout).flatMap((file) => file.labels);
    expect(labels.filter(({ source }) => source === "added")).toHaveLength(PHOTOS - 1);
    expect(
      labels.filter(({ id, source }) => id === `own:${UNKNOWN_WORDS.discs}` && source === "predicted"),
    ).not.toEqual([]);
    expect((await semblance(home, ["status", photos, "--json"], { env })).stdout).toContain("Blind seed");
  },
  "models ~/Pictures --back": async () => {
    expect((await semblance(home, ["tag", photos], { env })).stdout).toBe(before);
  },
  "features ~/Pictures": ({ stdout }) => {
    expect(stdout).toMatch(
      /^\* [0-9a-f]{16} {2}Seed: 335 classes, 64x64 pixels: 21 photos, 0\.0 MB\n {2}[0-9a-f]{16} {2}Blind seed: 21 photos, 0\.0 MB\n$/,
    );
  },
  "features ~/Pictures --drop mine": async ({ stdout }) => {
    expect(stdout).toMatch(
      /^Deleted the features of 21 photos by Blind seed, \d\.\d MB\. To use that model again, Semblance analyses the photos again\.\n$/,
    );
    expect((await semblance(home, ["features", photos, "--json"], { env })).stdout).not.toContain("Blind seed");
    expect(await semblance(home, ["features", photos, "--drop", "own"], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Switch to another model before you delete its features.") as string,
    });
  },
};

const commands = [...readFileSync(PAGE, "utf8").matchAll(/^npx semblance (.+)$/gm)].map(([, words]) => words);

test("the page shows the commands that are tested here, and no others", () => {
  expect(commands).toEqual(Object.keys(EXPECTED));
});

// guarantee: switch-packs
test.each(Object.keys(EXPECTED))("semblance %s", async (command) => {
  const paths: Record<string, string> = {
    "~/Pictures": photos,
    "~/packs/mine": mine,
    "~/packs/one": mine,
    "~/packs/other": own,
  };
  const ran = await semblance(
    home,
    command.split(" ").map((word) => paths[word] ?? word),
    { env },
  );
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  await EXPECTED[command](ran);
});

test.each([
  [
    "no library",
    ["--packs", mine],
    /^semblance: --packs compares packs on a library's verdicts: add --library FOLDER\.\n$/,
  ],
  ["no packs", ["--library", photos], /Name the packs to compare: --packs PACK PACK/],
  ["three packs", ["--library", photos, "--packs", mine, own, mine], /Name one or two packs to compare, not 3\./],
  [
    "a dataset too",
    [mine, "--library", photos, "--packs", own],
    /Give either --library .* or the dataset .*, not both\./,
  ],
])("refuses to compare with %s", async (_, args, sentence) => {
  const { code, stderr } = await semblance(home, ["evaluate", ...args], { env });
  expect(stderr).toMatch(sentence);
  expect(code).toBe(2);
});
