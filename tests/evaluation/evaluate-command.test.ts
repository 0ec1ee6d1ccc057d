import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MethodName, MethodScores } from "../../src-shared/contract";
import { writeCocoFolder } from "../fixtures/coco-folder";
import { semblance, stateOf } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";
import { writeDetectorPack } from "../fixtures/small-detector";
import { COLOURS, FEATURES, writeColourPack } from "../fixtures/small-onnx";

/** Class folders: two colours that the pack knows, one that it does not, and an unknown word. */
const FOLDERS: Record<string, number[][]> = {
  tomato: [
    [220, 30, 20],
    [210, 40, 30],
    [230, 20, 25],
  ],
  ocean: [
    [20, 60, 220],
    [30, 70, 210],
  ],
  sky: [
    [120, 170, 240],
    [110, 160, 235],
  ],
  flurblewock: [[9, 9, 9]],
};
interface Output {
  methods: Record<MethodName, Record<"seen" | "unseen" | "generalised" | "generalisedSeen", MethodScores | null>>;
  photos: number;
}

let dataset: string;
let pack: string;

beforeAll(async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-evaluate-")));
  dataset = join(root, "classes");
  pack = writeColourPack(join(root, "colours"));
  for (const [name, colours] of Object.entries(FOLDERS)) {
    for (const [i, [r, g, b]] of colours.entries()) {
      const file = join(dataset, name, `${i}.png`);
      mkdirSync(dirname(file), { recursive: true });
      await sharp({ create: { width: 32 + i, height: 32, channels: 3, background: { r, g, b } } }).toFile(file);
    }
  }
  writeFileSync(join(dataset, "ocean", "broken.jpg"), "no photo");
});

afterAll(() => rmSync(dirname(dataset), { recursive: true, force: true }));

const json = <T>(text: string): T => JSON.parse(text) as T;

describe("semblance evaluate", () => {
  test("scores six methods in every setting, reports what it left out, and embeds each photo once", async () => {
    const home = temporaryFolder();
    const before = stateOf(dataset);
    const report = join(temporaryFolder(), "report.html");
    const args = ["evaluate", dataset, "--pack", pack, "--steps", "30", "--json", "--report", report];
    const first = await semblance(home, args);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain("1 photos left out, of 1 unknown labels: flurblewock (1)");
    expect(first.stderr).toContain("1 photos could not be read");
    const { methods, photos } = json<Output>(first.stdout);
    expect(photos).toBe(7);
    expect(Object.keys(methods).sort()).toEqual(["conse", "devise", "l2", "random", "semblance", "softmax"]);
    for (const method of Object.values(methods)) {
      expect([method.seen!.n, method.unseen!.n, method.generalised!.n, method.generalisedSeen!.n]).toEqual([
        5, 2, 2, 5,
      ]);
      expect(Object.keys(method.seen!.hit)).toEqual(["1", "2", "5", "10", "20"]);
      expect(Object.keys(method.seen!.precision)).toEqual(["2", "5", "10", "20"]);
      expect(method.seen!.ci["hit@1"]).toHaveLength(2);
    }
    expect(methods.softmax.seen!.hit[1]).toBe(100);
    expect(methods.softmax.unseen!.hit[1]).toBe(0);
    expect(methods.devise.unseen!.hit[1]).toBe(100); // a single candidate

    const page = readFileSync(report, "utf8");
    expect(page).toContain("Unseen: 2 photos of other labels, ranked among 1 such labels");
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page.match(/<svg /g)).toHaveLength(8);
    expect(page).not.toMatch(/<script|https?:/);

    const again = await semblance(home, args);
    expect(again.stdout).toBe(first.stdout);
    expect(readdirSync(join(home, "embeddings")).filter((name) => name.endsWith(".db"))).toHaveLength(1);
    expect(stateOf(dataset)).toEqual(before);
  });

  test("holds out classes of the pack, whose photos become unseen", async () => {
    const { stdout, code } = await semblance(temporaryFolder(), [
      "evaluate",
      dataset,
      "--pack",
      pack,
      "--hold-out",
      "2",
      "--steps",
      "10",
      "--json",
    ]);
    expect(code).toBe(0);
    const { heldOut, methods } = json<Output & { heldOut: string[] }>(stdout);
    expect(heldOut).toHaveLength(2);
    const known = (name: string) => COLOURS.some((colour) => colour.name === name) && !heldOut.includes(name);
    const seen = ["tomato", "ocean"].filter(known).reduce((sum, name) => sum + FOLDERS[name].length, 0);
    expect(methods.softmax.seen?.n ?? 0).toBe(seen);
    expect(methods.softmax.unseen!.n).toBe(7 - seen);
  });

  test.each<[string, () => string[], RegExp]>([
    ["no dataset", () => ["evaluate"], /Name either a dataset or --features/],
    ["a missing dataset", () => ["evaluate", "/nowhere"], /There is no dataset at \/nowhere/],
    ["an empty folder", () => ["evaluate", temporaryFolder()], /has no photos with a label/],
    [
      "unknown labels",
      () => ["evaluate", onlyFolder("flurblewock")],
      /None of the 1 labels of the dataset .* is known: flurblewock \(1\)\./,
    ],
    [
      "too many classes to hold out",
      () => ["evaluate", dataset, "--pack", pack, "--hold-out", "3"],
      /3 of 4 classes can’t be held out/,
    ],
    [
      "a candidate set without its table",
      () => ["evaluate", dataset, "--pack", pack, "--candidates", "2-hop"],
      /needs --synsets FILE/,
    ],
    ["missing features", () => ["evaluate", "--features", temporaryFolder()], /validation.features.f16 is missing/],
  ])("refuses %s, and leaves nothing behind", async (_, args, message) => {
    const home = join(temporaryFolder(), "data");
    const { code, stderr } = await semblance(home, args());
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(home)).toBe(false);
  });
});

describe("semblance evaluate --boxes", () => {
  test("prints average precision as tables or as JSON, and writes nothing", async () => {
    const [home, folder] = [join(temporaryFolder(), "data"), await writeCocoFolder()];
    const args = ["evaluate", "--boxes", folder, "--pack", writeDetectorPack(temporaryFolder())];
    const table = await semblance(home, args);
    expect([table.code, table.stderr]).toEqual([0, ""]);
    expect(table.stdout).toMatch(/^\| AP +\| +83\.2 \|$/m);
    expect(table.stdout).toMatch(/^\| Dog +\| +3 \| +66\.3 \|/m);
    const { stdout } = await semblance(home, [...args, "--json"]);
    const { mean, categories } = json<{ mean: { ap50: number }; categories: { name: string }[] }>(stdout);
    expect(mean.ap50).toBeCloseTo((1 + 67 / 101) / 2, 9);
    expect(categories.map(({ name }) => name)).toEqual(["ball", "Dog"]);
    expect(existsSync(home)).toBe(false);
  });

  test.each<[string, string[], RegExp]>([
    ["a dataset beside it", ["photos.csv"], /Give either --boxes .* or the dataset photos\.csv, not both\./],
    ["options of labels", ["--steps", "3"], /'--boxes <FOLDER>' cannot be used with option '--steps <N>'/],
    ["a report", ["--report", "page.html"], /'--boxes <FOLDER>' cannot be used with option '--report/],
    ["a folder without annotations", ["--pack", "efficientnet-lite2"], /has no annotations: no JSON file/],
  ])("refuses %s", async (_, args, message) => {
    const { code, stderr } = await semblance(temporaryFolder(), ["evaluate", "--boxes", temporaryFolder(), ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

function onlyFolder(name: string): string {
  const root = temporaryFolder();
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, "a.jpg"), "not read");
  return root;
}

describe("semblance project train", () => {
  const projectionsIn = (home: string) =>
    existsSync(join(home, "projections")) ? readdirSync(join(home, "projections")) : [];

  test("fits on prototypes and photos, and installs the projection for the pack", async () => {
    const home = temporaryFolder();
    const { code, stdout } = await semblance(home, [
      "project",
      "train",
      dataset,
      "--pack",
      pack,
      "--steps",
      "40",
      "--violations",
      "all",
      "--json",
    ]);
    expect(code).toBe(0);
    const trained = json<{
      folder: string;
      prototypes: number;
      photos: number;
      losses: number[];
      settings: Record<string, unknown>;
    }>(stdout);
    expect([trained.prototypes, trained.photos, trained.losses.length]).toEqual([4, 7, 40]);
    expect(trained.losses.at(-1)).toBeLessThan(trained.losses[0]);
    expect(trained.settings).toMatchObject({ loss: "hinge", violations: "all", steps: 40, margin: 0.1 });
    expect(projectionsIn(home)).toHaveLength(1);
    const kept = readFileSync(join(trained.folder, "projection.f32"));
    expect(kept.length).toBe(4 * 100 * FEATURES);
    const tagged = await semblance(home, ["tag", join(dataset, "tomato"), "--pack", pack]);
    expect(tagged.code).toBe(0);
    expect(readFileSync(join(trained.folder, "projection.f32"))).toEqual(kept); // from the cache
  });

  test("fits onto the user's own word vectors, which evaluate then uses", async () => {
    const [home, shelf] = [temporaryFolder(), temporaryFolder()];
    const vectors = join(shelf, "vectors.txt");
    writeFileSync(
      vectors,
      `6 4\ntomato 1 0 0 0.1\nfrog 0 1 0 0\nocean 0 0 1 0\nlemon 0.7 0.7 0 0\nsky 0 0 0.9 0.4\nair 0 0 0.5 0.8\n`,
    );
    const words = join(shelf, "words.bin");
    expect((await semblance(home, ["words", "import", vectors, "--out", words])).code).toBe(0);
    const { stdout } = await semblance(home, [
      "project",
      "train",
      dataset,
      "--pack",
      pack,
      "--words",
      words,
      "--steps",
      "30",
      "--json",
    ]);
    const { folder } = json<{ folder: string }>(stdout);
    expect(readFileSync(join(folder, "projection.f32")).length).toBe(4 * 4 * FEATURES);
    const evaluated = await semblance(home, [
      "evaluate",
      dataset,
      "--pack",
      pack,
      "--words",
      words,
      "--steps",
      "10",
      "--json",
    ]);
    expect(evaluated.code).toBe(0);
    expect(json<{ fitted: { devise: string } }>(evaluated.stdout).fitted.devise).toBe("the pack's own projection");
  });

  test("does not replace a projection fitted on photos with one fitted on prototypes alone", async () => {
    const home = temporaryFolder();
    const own = await semblance(home, ["project", "train"]);
    expect(own.stderr).toMatch(
      /seed has a better projection, in .*packs\/seed, than 335 prototypes can give\. Add a dataset of photos .* --out/,
    );
    expect(own.code).toBe(2);
    expect(projectionsIn(home)).toEqual([]);
    // no better projection yet
    expect((await semblance(home, ["project", "train", "--pack", pack, "--steps", "10"])).code).toBe(0);
    const { stdout } = await semblance(home, ["project", "train", dataset, "--pack", pack, "--steps", "10", "--json"]);
    const { folder } = json<{ folder: string }>(stdout);
    const kept = stateOf(folder);
    const again = await semblance(home, ["project", "train", "--pack", pack, "--steps", "10"]);
    expect(again.stderr).toContain(`a better projection, in ${folder}, than 4 prototypes`);
    expect(again.code).toBe(2);
    expect(stateOf(folder)).toEqual(kept);
  });

  test("writes the paper's ablations to --out, without using them to label", async () => {
    const [home, out] = [temporaryFolder(), join(temporaryFolder(), "control")];
    const { code } = await semblance(home, [
      "project",
      "train",
      "--pack",
      pack,
      "--steps",
      "10",
      "--embeddings",
      "random",
      "--loss",
      "l2",
      "--hold-out",
      "1",
      "--out",
      out,
    ]);
    expect(code).toBe(0);
    const { settings, trainedOn } = json<{ settings: object; trainedOn: { heldOut: string[] } }>(
      readFileSync(join(out, "projection.json"), "utf8"),
    );
    expect(settings).toMatchObject({ loss: "l2", steps: 10 });
    expect(trainedOn).toMatchObject({ embeddings: "random", prototypes: 3, photos: 0, dataset: null });
    expect(trainedOn.heldOut).toHaveLength(1);
    expect(projectionsIn(home)).toEqual([]);
  });

  test.each<[string, () => string[], RegExp]>([
    ["random embeddings without --out", () => ["--embeddings", "random"], /is for comparison only .* --out/],
    ["a missing dataset", () => ["/nowhere"], /There is no dataset at/],
    ["unknown labels", () => [onlyFolder("flurblewock")], /None of the 1 labels/],
    ["a folder with other files", () => ["--out", dataset], /isn’t a projection that Semblance wrote/],
    ["an unknown loss", () => ["--loss", "l3"], /hinge, l2/],
  ])("refuses %s, and leaves nothing behind", async (_, args, message) => {
    const home = join(temporaryFolder(), "data");
    const before = stateOf(dataset);
    const { code, stderr } = await semblance(home, ["project", "train", "--pack", pack, ...args()]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(home)).toBe(false);
    expect(stateOf(dataset)).toEqual(before);
  });
});
