import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { embedDataset } from "../../src-main/evaluation/embed-dataset";
import { openEmbeddingCache } from "../../src-main/evaluation/embedding-cache";
import type { Pack } from "../../src-main/vision/pack";
import type { VisualModel } from "../../src-main/vision/visual-model";

const pack = {
  dimensions: 3,
  classes: [{}, {}],
  visualId: "mean",
  preprocess: { size: 8, resize: "cover", recompress: null },
} as unknown as Pack;
const root = mkdtempSync(join(tmpdir(), "embed-"));
const photo = (i: number) => join(root, `${i}.png`);
const PHOTOS = 40;

/** A model that outputs a photo's first pixel, and NaN for white. */
function eye() {
  const looks: number[] = [];
  const model: VisualModel = {
    backend: { provider: "cpu", name: "eye", why: "" },
    dispose: () => Promise.resolve(),
    embed(photos) {
      looks.push(photos.length);
      const of = (pixels: Uint8Array) => Array.from(pixels.subarray(0, 3), (p) => (p === 255 ? NaN : p));
      return Promise.resolve({
        features: Float32Array.from(photos.flatMap(of)),
        logits: Float32Array.from(photos.flatMap((pixels) => [pixels[0], -pixels[0]])),
      });
    },
  };
  return { looks, model: () => Promise.resolve(model) };
}

beforeAll(async () => {
  for (let i = 0; i < PHOTOS; i++)
    await sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 2 * i, g: i, b: 9 } } })
      .png()
      .toFile(photo(i));
  await sharp({ create: { width: 8, height: 8, channels: 3, background: "white" } })
    .png()
    .toFile(join(root, "white.png"));
  writeFileSync(join(root, "broken.png"), "not a photo");
});

test("embeds each photo once, in order, and reports unreadable photos and non-finite output", async () => {
  const paths = [
    join(root, "broken.png"),
    ...Array.from({ length: PHOTOS }, (_, i) => photo(PHOTOS - 1 - i)),
    join(root, "white.png"),
    join(root, "gone.png"),
  ];
  const home = join(root, "home");
  for (const again of [false, true]) {
    const cache = openEmbeddingCache(home, "mean", 3, 2);
    const { looks, model } = eye();
    const done: number[] = [];
    const seen = await embedDataset(paths, pack, cache, model, { onProgress: (n) => done.push(n) });
    cache.close();
    expect(seen.rows).toEqual(Array.from({ length: PHOTOS }, (_, i) => i + 1));
    for (let i = 0; i < PHOTOS; i++) {
      const red = 2 * (PHOTOS - 1 - i);
      expect([...seen.features.subarray(3 * i, 3 * i + 3)]).toEqual([red, red / 2, 9]);
      expect([...seen.logits.subarray(2 * i, 2 * i + 2)]).toEqual([red, -red]);
    }
    expect(seen.failed.map(({ path }) => path.slice(root.length + 1)).sort()).toEqual([
      "broken.png",
      "gone.png",
      "white.png",
    ]);
    expect(seen.failed.find(({ path }) => path.endsWith("gone.png"))!.reason).toContain("ENOENT");
    expect(looks.reduce((a, b) => a + b, 0)).toBe(again ? 0 : PHOTOS + 1);
    expect(done.at(-1)).toBe(paths.length);
  }
});

test("ignores the cache of another visual model, and rows of another length", () => {
  const home = mkdtempSync(join(tmpdir(), "embeddings-"));
  const content = Uint8Array.of(1, 2, 3);
  const cache = openEmbeddingCache(home, "one", 2, 1);
  cache.put(content, Float32Array.of(1, 2), Float32Array.of(3));
  expect(cache.get(content)).toEqual({ feature: Float32Array.of(1, 2), logits: Float32Array.of(3) });
  cache.close();
  for (const [visual, D] of [
    ["two", 2],
    ["one", 3],
  ] as const) {
    const other = openEmbeddingCache(home, visual, D, 1);
    expect(other.get(content)).toBeNull();
    other.close();
  }
});
