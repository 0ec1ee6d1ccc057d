import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { resource } from "../../src-main/base/resources";
import { derivedScenes } from "../../src-main/devise/derived-scenes";
import { lightProbabilities } from "../../src-main/devise/light";
import { sceneProbabilities } from "../../src-main/devise/scenes";
import { embedDataset } from "../../src-main/evaluation/embed-dataset";
import { measureQuality } from "../../src-main/images/image-quality";
import { type AmountTable, photoPaths, readAmounts } from "../../src-main/lab/amounts";
import { type Pack, readPack } from "../../src-main/vision/pack";
import { loadVisualModel } from "../../src-main/vision/visual-model";
import { SAMPLE_PHOTOS, samplePhoto } from "../fixtures/sample-photos";

const shared = fileURLToPath(new URL("../../../shared/photos", import.meta.url));
const table = (name: string) => fileURLToPath(new URL(`../../tools/scenes/${name}.csv`, import.meta.url));
const classPhoto = (name: string) => join(shared, "imagenet-1000", name);
const FORGETFUL = { get: () => null, put: () => undefined, close: () => undefined };
/** Photos to embed per label. */
const EACH = 8;

/** The bundled pack's scene probabilities of photos, `[n, S]`. */
async function seen(pack: Pack, paths: string[]): Promise<Float32Array> {
  const model = await loadVisualModel(pack);
  try {
    const { features, rows } = await embedDataset(paths, pack, FORGETFUL, () => Promise.resolve(model));
    expect(rows).toHaveLength(paths.length);
    return sceneProbabilities(features, pack.scenes!);
  } finally {
    await model.dispose();
  }
}

async function luminanceOf(path: string) {
  const { data, info } = await sharp(path)
    .rotate()
    .removeAlpha()
    .toColourspace("srgb")
    .resize(320, 320, { fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return lightProbabilities(measureQuality(data, info.width, info.height).colours);
}

describe("scenes of the sample photos", () => {
  test("are the visible ones", async () => {
    const pack = readPack(resource("packs", "efficientnet-lite2"));
    const probabilities = await seen(pack, SAMPLE_PHOTOS.map(samplePhoto));
    const shown = (photo: string) =>
      pack
        .scenes!.classes.filter(
          ({ from }, s) => probabilities[SAMPLE_PHOTOS.indexOf(photo) * pack.scenes!.classes.length + s] >= from,
        )
        .map(({ name }) => name);
    expect(shown("french-alpine-landscape")).toEqual(expect.arrayContaining(["sky", "snow", "mountain", "outdoors"]));
    expect(shown("nagasaki-boats")).toEqual(expect.arrayContaining(["sky", "sea", "water", "outdoors"]));
    for (const closeUp of ["acanthus-mollis", "allium-oreophilum", "locomotion-house-cat"])
      expect([closeUp, shown(closeUp)]).toEqual([closeUp, []]);
  });

  test("light makes none of them a night, and at most one a sunset", async () => {
    const lights = await Promise.all(SAMPLE_PHOTOS.map((photo) => luminanceOf(samplePhoto(photo))));
    expect(lights.filter(({ night }) => night > 0.1)).toEqual([]);
    expect(lights.filter(({ sunset }) => sunset > 0.1).length).toBeLessThan(2);
  });
});

describe.skipIf(!existsSync(shared))(
  "the bundled pack's scenes on held-out photos (skipped without ../shared/photos)",
  () => {
    let pack: Pack;
    let known: AmountTable;
    let rows: number[];
    let probabilities: Float32Array;
    beforeAll(async () => {
      pack = readPack(resource("packs", "efficientnet-lite2"));
      known = readAmounts(table("imagenet-200"), null);
      const chosen = known.labels.flatMap(({ amounts }) =>
        [...amounts.keys()].filter((i) => amounts[i] === 1).slice(0, EACH),
      );
      rows = [...new Set(chosen)];
      const paths = photoPaths(known);
      probabilities = await seen(
        pack,
        rows.map((row) => paths[row]),
      );
    });

    test("are at least as precise as their confidence, with good recall", () => {
      const S = pack.scenes!.classes.length;
      let [shown, right, said, there] = [0, 0, 0, 0];
      pack.scenes!.classes.forEach(({ name, from }, s) => {
        const amounts = known.labels.find((label) => label.name === name)?.amounts;
        if (!amounts) return; // the table says nothing about people, food and others
        rows.forEach((row, i) => {
          there += amounts[row];
          if (probabilities[i * S + s] < from) return;
          shown++;
          right += amounts[row];
          said += probabilities[i * S + s];
        });
      });
      console.log(
        `scenes shown on ${rows.length} photos: ${shown}, right ${right} (${((100 * right) / shown).toFixed(0)}%; mean confidence ${((100 * said) / shown).toFixed(0)}%), of ${there} present`,
      );
      expect(right / shown).toBeGreaterThan(0.75);
      expect(right / shown).toBeGreaterThan(said / shown - 0.1);
      expect(right / there).toBeGreaterThan(0.25);
    });

    test.each([
      ["snow", 5],
      ["water", 6],
      ["indoors", 5],
      ["sky", 6],
    ])("%s ranks its own photos first: %i of the first 8", (name, least) => {
      const S = pack.scenes!.classes.length;
      const s = pack.scenes!.classes.findIndex((scene) => scene.name === name);
      const { amounts } = known.labels.find((label) => label.name === name)!;
      const best = [...rows.keys()].sort((a, b) => probabilities[b * S + s] - probabilities[a * S + s]).slice(0, 8);
      expect(best.filter((i) => amounts[rows[i]] === 1).length).toBeGreaterThanOrEqual(least);
    });

    test("beach, street, sunset and night are derived from scenes, objects and light", async () => {
      const photos = {
        beach: "n09421951_sandbar.jpg",
        street: "n04335435_streetcar.jpg",
        sunset: "n03976657_pole.jpg",
        night: "n02119022_red_fox.jpg",
        none: "n02099712_Labrador_retriever.jpg",
      };
      const paths = Object.values(photos).map(classPhoto);
      const scenes = await seen(pack, paths);
      const S = pack.scenes!.classes.length;
      for (const [i, expected] of Object.keys(photos).entries()) {
        const light = await luminanceOf(paths[i]);
        const parts = new Map([
          ...pack.scenes!.classes.map(({ name }, s) => [name, scenes[i * S + s]] as const),
          ["sunset light", light.sunset],
          ["night light", light.night],
        ]);
        const found = derivedScenes((name) => parts.get(name) ?? null).sort((a, b) => b.probability - a.probability);
        if (expected === "none") expect(found[0].probability).toBeLessThan(0.2);
        else expect(`${found[0].name} ${found[0].probability > 0.25}`).toBe(`${expected} true`);
      }
    });

    test("light alone makes hardly any of 200 object photos a sunset or a night", async () => {
      const paths = photoPaths(known).filter((_, i) => i % 2 === 0);
      const lights = await Promise.all(paths.map(luminanceOf));
      const share = (kind: "sunset" | "night", above: number) =>
        lights.filter((light) => light[kind] > above).length / lights.length;
      console.log(
        `of ${paths.length} photos: sunset light above 0.1 ${share("sunset", 0.1)}, above 0.5 ${share("sunset", 0.5)}; night light ${share("night", 0.1)}, ${share("night", 0.5)}`,
      );
      expect(share("sunset", 0.1)).toBeLessThan(0.2);
      expect(share("sunset", 0.5)).toBeLessThan(0.1);
      expect(share("night", 0.1)).toBeLessThan(0.08);
    });
  },
);
