import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { findBrowser } from "../e2e/browser";
import { jsonLines, semblanceAlone } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS, writeColourPack } from "../fixtures/small-onnx";

/** Browsers include a software graphics adapter and its loader: slow, but it runs what a GPU would. */
const ADAPTER = [findBrowser(), "/usr/lib/chromium/chromium"]
  .flatMap((file) => (file !== null && existsSync(file) ? [dirname(realpathSync(file))] : []))
  .find((folder) => existsSync(join(folder, "vk_swiftshader_icd.json")) && existsSync(join(folder, "libvulkan.so.1")));
const SOFTWARE_GPU: Record<string, string> =
  ADAPTER === undefined
    ? {}
    : {
        VK_ICD_FILENAMES: join(ADAPTER, "vk_swiftshader_icd.json"),
        XDG_RUNTIME_DIR: tmpdir(),
        LD_LIBRARY_PATH: [ADAPTER, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      };
const forced = (backend: string) => ({
  env: { ...(backend === "webgpu" ? SOFTWARE_GPU : {}), SEMBLANCE_TENSORFLOW: backend },
});

async function photos(folder: string, n: number): Promise<string> {
  for (const { name, rgb } of COLOURS.slice(0, 3)) {
    mkdirSync(join(folder, name));
    for (let i = 0; i < n; i++) {
      const [r, g, b] = rgb.map((value) => Math.max(0, Math.min(255, value + 12 * (i - n / 2))));
      await sharp({ create: { width: 64, height: 64, channels: 3, background: { r, g, b } } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}

const BACKENDS = ["cpu", "wasm", ...(ADAPTER === undefined ? [] : ["webgpu"])];

describe("training forced on a backend", () => {
  test.each(BACKENDS)(
    "trains the whole network on %s, and the pack says what was trained",
    { timeout: 300_000 },
    async (backend) => {
      const out = join(temporaryFolder(), "mine");
      const base = writeColourPack(join(temporaryFolder(), "colours"));
      const { code, stdout, stderr } = await semblanceAlone(
        temporaryFolder(),
        [
          "visual",
          "train",
          await photos(temporaryFolder(), 4),
          "--pack",
          base,
          "--out",
          out,
          "--whole",
          "--steps",
          "3",
          "--epochs",
          "4",
          "--json",
        ],
        forced(backend),
      );
      expect(stderr).toContain(`on tensorflow.js ${backend}. Ctrl-C cancels it`);
      expect(code).toBe(0);
      const [trained] = jsonLines<{ backend: string; losses: number[] }>(stdout);
      expect(trained.backend).toBe(`tensorflow.js ${backend}`);
      expect(trained.losses).toHaveLength(4);
      expect(trained.losses[3]).toBeLessThan(trained.losses[0]);
      expect(existsSync(join(out, "visual.onnx"))).toBe(true);
    },
  );

  test(
    "trains the last layers alike on each (WebGPU is skipped without a software adapter)",
    { timeout: 600_000 },
    async () => {
      const dataset = await photos(temporaryFolder(), 4);
      const base = writeColourPack(join(temporaryFolder(), "colours"));
      const losses: number[][] = [];
      for (const backend of BACKENDS) {
        const { code, stdout, stderr } = await semblanceAlone(
          temporaryFolder(),
          [
            "project",
            "train",
            dataset,
            "--pack",
            base,
            "--steps",
            "1",
            "--learning-rate",
            "0.0001",
            "--unfreeze",
            "all",
            "--unfreeze-steps",
            "4",
            "--unfreeze-rate",
            "0.05",
            "--out",
            join(temporaryFolder(), "tuned"),
            "--json",
          ],
          forced(backend),
        );
        expect(stderr).toContain(`on tensorflow.js ${backend}.`);
        expect(code).toBe(0);
        losses.push(jsonLines<{ losses: number[] }>(stdout)[0].losses);
      }
      expect(losses[0]).toHaveLength(4);
      expect(losses[0][3]).not.toBeCloseTo(losses[0][0], 3);
      for (const other of losses.slice(1)) other.forEach((loss, step) => expect(loss).toBeCloseTo(losses[0][step], 3));
    },
  );

  test("reports a backend that can't start, and writes nothing", async () => {
    const out = join(temporaryFolder(), "mine");
    const { code, stderr } = await semblanceAlone(
      temporaryFolder(),
      ["visual", "train", await photos(temporaryFolder(), 2), "--out", out],
      forced("abacus"),
    );
    expect(stderr).toMatch(
      /^semblance: Can’t start the TensorFlow\.js backend abacus \(forced by SEMBLANCE_TENSORFLOW\): .+\n$/,
    );
    expect(code).toBe(1);
    expect(existsSync(out)).toBe(false);
  });
});
