import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { Preprocess } from "../../src-main/base/preprocess";
import { decode, type Decoded } from "../../src-main/images/decode";
import { Refusal } from "../../src-shared/refusal";
import { compareWithReference, MAX_ERROR, withoutReference } from "../../tools/benchmark/reference-rendering";
import { paint, temporaryFolder, waves } from "../fixtures/photo-folder";

const EDGE = "../shared/photos/edge"; // skipped if it is absent
const PACK: Preprocess = { size: 64, resize: "cover", recompress: { quality: 75 } };
const PLAIN: Preprocess = { ...PACK, recompress: null };
const there = existsSync(EDGE);

const REASONS: Record<string, string> = {
  "65536-uint32-limit.png": "too-large",
  "giant-image.jpg": "too-large",
  "corrupt-header.jpg": "not-an-image",
  "empty.jpg": "empty-file",
  "text.jpg": "not-an-image",
  "truncated.jpg": "truncated",
  "truncated.png": "truncated",
};

test.skipIf(!there).each(there ? readdirSync(EDGE) : ["(../shared is absent)"])(
  "%s ends with pixels or a reason, and is left unchanged",
  async (name) => {
    const file = join(EDGE, name);
    const before = fingerprint(file);
    const outcome: unknown = await decode(file, PACK).catch((error: unknown) => error);
    expect(fingerprint(file)).toBe(before);
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(Refusal);
      expect((outcome as Refusal).code).toBe(REASONS[name]);
      return;
    }
    const { pixels, thumbnail, width, height } = outcome as Decoded;
    expect(REASONS[name]).toBeUndefined();
    expect(pixels).toHaveLength(64 * 64 * 3);
    const shown = await sharp(thumbnail).metadata();
    expect([shown.format, shown.space, shown.orientation]).toEqual(["jpeg", "srgb", undefined]);
    expect(Math.max(shown.width, shown.height)).toBe(Math.min(512, Math.max(width, height)));
  },
);

/** Where a photo that is w wide and h high has the pixel that a camera stores at x, y, by Exif's orientation. */
const STORED: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, w) => [w - 1 - y, x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, _, h) => [y, h - 1 - x],
};

test.each([
  ["wide", 160, 96],
  ["tall", 96, 160],
])("all eight orientations of a %s photo of our own look alike", async (_, w, h) => {
  const photo = waves(3, w, h);
  const upright = await decode(
    await sharp(photo, { raw: { width: w, height: h, channels: 3 } })
      .png()
      .toBuffer(),
    PLAIN,
  );
  for (const [orientation, at] of Object.entries(STORED)) {
    const [width, height] = Number(orientation) < 5 ? [w, h] : [h, w];
    const stored = Buffer.alloc(photo.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [left, top] = at(x, y, w, h);
        photo.copy(stored, 3 * (y * width + x), 3 * (top * w + left), 3 * (top * w + left) + 3);
      }
    const file = await sharp(stored, { raw: { width, height, channels: 3 } })
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toBuffer();
    const shown = await decode(file, PLAIN);
    expect([orientation, shown.width, shown.height]).toEqual([orientation, w, h]);
    expect([orientation, meanDifference(shown.pixels!, upright.pixels!)]).toEqual([orientation, 0]);
  }
});

test.each(["jpg", "webp", "tiff", "gif", "avif"])("a %s of our own shows the colours of the PNG", async (format) => {
  const folder = temporaryFolder();
  const [file, plain] = [join(folder, `photo.${format}`), join(folder, "photo.png")];
  await paint(plain, 4, 160, 96);
  await sharp(plain).toFile(file);
  const [ours, reference] = await Promise.all([file, plain].map((each) => decode(each, PLAIN)));
  expect([ours.width, ours.height]).toEqual([160, 96]);
  // Lossy formats and GIF's 256 colours differ a little; another picture, or one in another colour space, by 30.
  expect(meanDifference(ours.pixels!, reference.pixels!)).toBeLessThan(6);
});

test.skipIf(!there).each(["Landscape", "Portrait"])("all eight orientations of %s look alike", async (name) => {
  const { pixels: upright, width, height } = await decode(join(EDGE, `${name}_1.jpg`), PLAIN);
  expect(width > height).toBe(name === "Landscape");
  for (let orientation = 2; orientation <= 8; orientation++) {
    const turned = await decode(join(EDGE, `${name}_${orientation}.jpg`), PLAIN);
    expect([turned.width, turned.height]).toEqual([width, height]);
    // The photos were compressed separately for each orientation; images of anything else differ by 30 or more.
    expect(meanDifference(turned.pixels!, upright!)).toBeLessThan(6);
  }
});

test.skipIf(!there)("capture times are read as the camera wrote them", async () => {
  expect((await decode(join(EDGE, "gps.jpg"), null)).takenAt).toBe("2008-10-22T16:28:39");
  expect((await decode(join(EDGE, "Landscape_1.jpg"), null)).takenAt).toBeNull();
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

function fingerprint(file: string): string {
  return `${createHash("sha256").update(readFileSync(file)).digest("hex")} ${statSync(file).mtimeMs}`;
}

/** One of each kind; `npm run bench -- --only formats` compares all files of the folder. */
const KINDS = [
  "HMD_Nokia_8.3_5G_hdr.heif",
  "Landscape_6.jpg",
  "Portrait_5.jpg",
  "Channel_digital_image_CMYK_color.jpg",
  "16-bit-grey-alpha.png",
  "p3.png",
  "sdr_cosmos12920_cicp1-13-6_yuv444_full_qp10.avif",
  "8bit_depth.tiff",
  "rotating-squares.gif",
  "4.webp",
];
const lacking = there ? withoutReference() : "../shared is absent";

test.skipIf(lacking !== null).each(KINDS)(
  "%s is shown as ImageMagick or libheif shows it: upright and in the same colours",
  async (name) => {
    const compared = await compareWithReference(EDGE, name);
    expect(compared).toEqual({ file: name, error: expect.any(Number) as number });
    expect((compared as { error: number }).error).toBeLessThanOrEqual(MAX_ERROR);
  },
);
