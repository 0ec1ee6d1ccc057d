import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { jsonLines, semblance, stateOf } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";
import { writeColourPack } from "../fixtures/small-onnx";

const COLOURS = { tomato: [225, 40, 30], frog: [40, 190, 50], ocean: [30, 60, 215] } as const;

/** Class folders of coloured discs on grey. */
async function discs(
  folder: string,
  photos: number,
  classes: (keyof typeof COLOURS)[] = ["tomato", "frog", "ocean"],
): Promise<string> {
  for (const name of classes) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < photos; i++) {
      const [r, g, b] = COLOURS[name].map((value) => Math.max(0, Math.min(255, value + ((i * 37) % 50) - 25)));
      const grey = 90 + ((i * 53) % 80);
      const disc = `<svg width="48" height="48" xmlns="http://www.w3.org/2000/svg"><rect width="48" height="48" fill="rgb(${grey},${grey},${grey})"/><circle cx="${20 + (i % 8)}" cy="${28 - (i % 8)}" r="${12 + (i % 6)}" fill="rgb(${r},${g},${b})"/></svg>`;
      await sharp(Buffer.from(disc))
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}

describe("semblance visual train", () => {
  test("trains a pack on class folders that labels such photos", async () => {
    const home = temporaryFolder();
    const photos = await discs(temporaryFolder(), 10);
    writeFileSync(join(photos, "frog", "broken.png"), "no picture");
    const before = stateOf(photos);
    const out = join(temporaryFolder(), "mine");
    const trained = await semblance(home, ["visual", "train", photos, "--out", out, "--json"]);
    expect(trained.stderr).toContain("broken.png");
    expect(trained.code).toBe(0);
    const [{ heldOut, training, classes }] = jsonLines<{
      heldOut: { photos: number; accuracy: number; interval: number[] };
      training: number;
      classes: unknown[];
    }>(trained.stdout);
    expect([heldOut.photos, training]).toEqual([6, 24]);
    expect(heldOut.accuracy).toBeGreaterThan(0.8);
    expect(heldOut.interval[0]).toBeLessThan(heldOut.accuracy);
    expect(classes).toHaveLength(3);
    expect(readdirSync(out).sort()).toEqual([
      "README.md",
      "classes.json",
      "pack.json",
      "prototypes.f32",
      "visual.onnx",
    ]);

    const tagged = await semblance(home, ["tag", photos, "--pack", out, "--labels", "pack-classes", "--top", "1"]);
    const rows = jsonLines<{ path: string; labels?: { label: string }[] }>(tagged.stdout).filter(
      ({ labels }) => labels,
    );
    const right = rows.filter(({ path, labels }) => labels![0]?.label === path.split("/")[0]);
    expect(rows).toHaveLength(30);
    expect(right.length).toBeGreaterThan(27);
    expect(stateOf(photos)).toEqual(before);
  });

  test("refuses unusable training data with the numbers, and writes nothing", async () => {
    const home = temporaryFolder();
    const shelf = temporaryFolder();
    const out = join(shelf, "mine");
    const refused = async (photos: string, message: string, to = out, ...more: string[]) => {
      const { code, stderr } = await semblance(home, ["visual", "train", photos, "--out", to, ...more]);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    };
    await refused(temporaryFolder(), "has no photos with a label. It is empty.");
    await refused(
      await discs(temporaryFolder(), 3, ["frog"]),
      "has only 1 class, frog, with 3 photos; at least 2 classes are needed.",
    );
    await refused(
      await discs(await discs(temporaryFolder(), 1, ["frog"]), 3, ["ocean", "tomato"]),
      "1 of 3 classes have fewer than 2 photos: frog",
    );
    const unreadable = await discs(temporaryFolder(), 2, ["frog", "ocean"]);
    for (const name of ["0", "1"]) writeFileSync(join(unreadable, "frog", `${name}.png`), "no picture");
    await refused(unreadable, "1 of 2 classes of");
    const whole = await discs(temporaryFolder(), 3, ["frog", "ocean"]);
    await refused(whole, "Training the whole network needs a GPU or native TensorFlow", out, "--whole");
    expect(existsSync(out)).toBe(false);
    writeFileSync(join(shelf, "precious.txt"), "mine");
    await refused(whole, "isn’t a model pack that Semblance wrote. Nothing was replaced", shelf);
    expect(readdirSync(shelf)).toEqual(["precious.txt"]);
  });
});

describe("semblance project train --unfreeze", () => {
  test("trains the network too, and writes a pack on which both runtimes agree", async () => {
    const home = temporaryFolder();
    const base = writeColourPack(join(temporaryFolder(), "colours"));
    const photos = await discs(temporaryFolder(), 8);
    const out = join(temporaryFolder(), "unfrozen");
    const { code, stdout, stderr } = await semblance(home, [
      "project",
      "train",
      photos,
      "--pack",
      base,
      "--steps",
      "1",
      "--learning-rate",
      "0.0001",
      "--unfreeze",
      "all",
      "--unfreeze-steps",
      "40",
      "--unfreeze-rate",
      "0.05",
      "--out",
      out,
      "--json",
    ]);
    expect(stderr).toMatch(
      /Training takes about \d+ s \(40 steps of 16 photos, [\d.]+ s each\) and \d+ MB of memory on tensorflow\.js/,
    );
    expect(code).toBe(0);
    const [result] = jsonLines<{
      layers: string[];
      difference: number;
      losses: number[];
      prototypes: object;
      head: { refitted: boolean };
      training: Record<"before" | "after", { photos: number; loss: number }>;
    }>(stdout);
    expect(result.layers).toEqual(["Conv maps"]);
    expect(result.losses).toHaveLength(40);
    expect(result.difference).toBeLessThan(1e-3);
    expect(result.training.before.photos).toBe(20);
    expect(result.training.after.loss).toBeLessThan(result.training.before.loss);
    expect(result.prototypes).toEqual({ fromPhotos: 3, classes: 4 }); // no photos of lemon
    const card = readFileSync(join(out, "README.md"), "utf8");
    expect(card).toContain("3 of 4 classes have the mean feature of their training photos");
    expect(card).toContain(
      result.head.refitted ? "refitted to the new features by ridge regression" : "preserved its logits no better",
    );
    const rows = new Float32Array(new Uint8Array(readFileSync(join(out, "prototypes.f32"))).buffer);
    expect(rows).toHaveLength(4 * 6);
    expect(rows.every(Number.isFinite)).toBe(true);
    expect(readdirSync(out).sort()).toEqual([
      "README.md",
      "classes.json",
      "pack.json",
      "projection.f32",
      "projection.json",
      "prototypes.f32",
      "visual.onnx",
    ]);
    const tagged = await semblance(home, ["tag", photos, "--pack", out, "--top", "1"]);
    expect(tagged.code).toBe(0);
  });

  test("refuses more layers than the model has, and a missing --out", async () => {
    const home = temporaryFolder();
    const photos = await discs(temporaryFolder(), 2);
    const base = writeColourPack(join(temporaryFolder(), "colours"));
    const shelf = temporaryFolder();
    const many = await semblance(home, [
      "project",
      "train",
      photos,
      "--pack",
      base,
      "--steps",
      "2",
      "--unfreeze",
      "5",
      "--out",
      join(shelf, "x"),
    ]);
    expect(many.stderr).toContain("Can’t train 5 layers");
    const nowhere = await semblance(home, ["project", "train", photos, "--unfreeze", "1"]);
    expect(nowhere.stderr).toContain("name a dataset and --out FOLDER");
    expect([many.code, nowhere.code]).toEqual([2, 2]);
    expect(readdirSync(shelf)).toEqual([]);
  });
});
