import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { expect, test } from "vitest";
import { detectorSize, type Preprocess } from "../../src-main/base/preprocess";
import { decode } from "../../src-main/images/decode";
import { paint, temporaryFolder, waves } from "../fixtures/photo-folder";

const PLAIN: Preprocess = { size: 64, resize: "cover", recompress: null };

test.each([
  [4000, 3000],
  [1200, 1600],
  [700, 500],
  [50, 40],
  [6000, 300],
])("a %i × %i photo gives the model the same pixels as the original would", async (width, height) => {
  const file = join(temporaryFolder(), "photo.jpg");
  await paint(file, 1, width, height);
  const direct = await sharp(file).resize(64, 64, { fit: "cover", kernel: "cubic" }).raw().toBuffer();
  const { pixels, ...photo } = await decode(file, PLAIN);
  expect([photo.width, photo.height]).toEqual([width, height]);
  expect(meanDifference(pixels!, direct)).toBeLessThan(2);
});

test("a model that scales to a short side gets the centre of it", async () => {
  const file = join(temporaryFolder(), "photo.png");
  await paint(file, 2, 900, 600);
  const expected = await sharp(file)
    .resize(384, 256, { fit: "fill", kernel: "cubic" })
    .extract({ left: 80, top: 16, width: 224, height: 224 })
    .raw()
    .toBuffer();
  const { pixels } = await decode(file, { size: 224, resize: { shortSide: 256 }, recompress: null });
  expect(meanDifference(pixels!, expected)).toBeLessThan(2);
});

test.each([
  [900, 600],
  [6000, 300],
])("a model that takes the whole photo as a square gets all of a %i × %i one", async (width, height) => {
  const file = join(temporaryFolder(), "photo.png");
  await paint(file, 3, width, height);
  const expected = await sharp(file).resize(64, 64, { fit: "fill", kernel: "cubic" }).raw().toBuffer();
  const { pixels } = await decode(file, { ...PLAIN, resize: "stretch" });
  expect(meanDifference(pixels!, expected)).toBeLessThan(2);
});

test.each([
  [4000, 3000, 384, 288],
  [1200, 1600, 288, 384],
  [700, 500, 384, 288],
  [50, 40, 384, 320],
  [6000, 300, 384, 32],
  [300, 9000, 32, 384],
])(
  "detectors get the whole of a %i × %i photo, with its aspect as close as multiples allow",
  async (width, height, across, down) => {
    const file = join(temporaryFolder(), "photo.png");
    await paint(file, 7, width, height);
    const { pixels, detectorPixels } = await decode(file, PLAIN, { longSide: 384, multiple: 32 });
    expect([detectorPixels!.width, detectorPixels!.height]).toEqual([across, down]);
    const direct = await sharp(file).resize(across, down, { fit: "fill", kernel: "lanczos3" }).raw().toBuffer();
    expect(meanDifference(detectorPixels!.data, direct)).toBeLessThan(2);
    expect(meanDifference(pixels!, (await decode(file, PLAIN)).pixels!)).toBeLessThan(1);
  },
);

test("decoding for detectors alone works, also at a size beyond that of thumbnails", async () => {
  const file = join(temporaryFolder(), "photo.png");
  await paint(file, 8, 1500, 1000);
  const { pixels, detectorPixels, thumbnail } = await decode(file, null, { longSide: 640, multiple: 64 });
  expect([pixels, detectorPixels!.width, detectorPixels!.height]).toEqual([null, 640, 448]);
  expect(
    meanDifference(detectorPixels!.data, await sharp(file).resize(640, 448, { fit: "fill" }).raw().toBuffer()),
  ).toBeLessThan(2);
  expect(await sharp(thumbnail).metadata()).toMatchObject({ width: 512, height: 341 });
  expect((await decode(file, PLAIN)).detectorPixels).toBeNull();
});

test("no side of a detector's input is ever 0", () => {
  expect(detectorSize(30_000, 1, { longSide: 384, multiple: 32 })).toEqual({ width: 384, height: 32 });
  expect(detectorSize(1, 1, { longSide: 100, multiple: 32 })).toEqual({ width: 96, height: 96 });
});

test("recompressed pixels show JPEG artefacts, at the given quality", async () => {
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919 + ((i * i) % 251) * 31) % 256));
  const png = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const reference = await sharp(await sharp(png).jpeg({ quality: 75 }).toBuffer())
    .raw()
    .toBuffer();
  const { pixels } = await decode(png, { ...PLAIN, recompress: { quality: 75 } });
  expect(Buffer.from(pixels!).equals(reference)).toBe(true);
  expect(Buffer.from((await decode(png, PLAIN)).pixels!).equals(noise)).toBe(true);
});

test("content in memory decodes like the file", async () => {
  const file = join(temporaryFolder(), "photo.webp");
  await paint(file, 3);
  expect((await decode(readFileSync(file), PLAIN)).pixels).toEqual((await decode(file, PLAIN)).pixels);
});

test("transparency becomes white", async () => {
  const clear = await sharp({
    create: { width: 80, height: 80, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  expect(new Set((await decode(clear, PLAIN)).pixels)).toEqual(new Set([255]));
});

test("grey, 16-bit and CMYK become 8-bit RGB of the same colour", async () => {
  const red = sharp({ create: { width: 80, height: 80, channels: 3, background: "#a87860" } });
  const sources = {
    grey: await red.clone().greyscale().png().toBuffer(),
    deep: await red.clone().toColourspace("rgb16").png().toBuffer(),
    cmyk: await red.clone().toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer(),
  };
  const first = async (source: Buffer) => [...(await decode(source, PLAIN)).pixels!.subarray(0, 3)];
  const [r, g, b] = await first(sources.grey);
  expect([r === g, g === b]).toEqual([true, true]);
  expect(await first(sources.deep)).toEqual([0xa8, 0x78, 0x60]);
  (await first(sources.cmyk)).forEach((value, i) => expect(Math.abs(value - [0xa8, 0x78, 0x60][i])).toBeLessThan(10));
});

test("an animation is represented by its first frame", async () => {
  const frames = Buffer.concat([waves(1, 64, 64), waves(2, 64, 64)]);
  const gif = await sharp(frames, { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } })
    .gif()
    .toBuffer();
  const { pixels, height } = await decode(gif, PLAIN);
  expect(height).toBe(64);
  expect(meanDifference(pixels!, waves(1, 64, 64))).toBeLessThan(8);
});

test("a JPEG without its last tenth is still a photo, one without most of it is not", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "whole.jpg");
  const noise = Buffer.from(Array.from({ length: 400 * 300 * 3 }, (_, i) => ((i * 2654435761) >>> 7) % 256));
  await sharp(noise, { raw: { width: 400, height: 300, channels: 3 } })
    .jpeg()
    .toFile(file);
  const whole = readFileSync(file);
  const most = join(folder, "most.jpg");
  writeFileSync(most, whole.subarray(0, whole.length * 0.9));
  expect((await decode(most, PLAIN)).pixels).toHaveLength(64 * 64 * 3);
  writeFileSync(most, whole.subarray(0, whole.length * 0.2));
  await expect(decode(most, PLAIN)).rejects.toMatchObject({ code: "truncated" });
});

test.each([
  ["nothing", Buffer.alloc(0), "empty-file"],
  ["text", Buffer.from("no picture at all, just words"), "not-an-image"],
  ["a drawing", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), "unsupported"],
])("%s is refused with the reason", async (_, content, code) => {
  await expect(decode(content, PLAIN)).rejects.toMatchObject({ code });
});

test("a file that doesn't exist is unreadable", async () => {
  await expect(decode(join(temporaryFolder(), "gone.jpg"), PLAIN)).rejects.toMatchObject({ code: "unreadable" });
});

test("an image with too many pixels is refused before it is decoded", async () => {
  const bomb = await sharp(waves(1, 8, 8), { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toBuffer();
  bomb.writeUInt32BE(20_000, 16); // width and height in the PNG's header
  bomb.writeUInt32BE(20_000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  await expect(decode(bomb, PLAIN)).rejects.toMatchObject({ code: "too-large" });
});

test("decoding a photo times out", async () => {
  const file = join(temporaryFolder(), "slow.png");
  await paint(file, 4, 3000, 3000);
  await expect(decode(file, PLAIN, null, 0.001)).rejects.toMatchObject({ code: "too-slow" });
});

test("capture time and its offset are read from Exif", async () => {
  const exif = { IFD2: { DateTimeOriginal: "2023:07:09 18:30:05", OffsetTimeOriginal: "+02:00" } };
  const photo = await sharp(waves(5, 64, 64), { raw: { width: 64, height: 64, channels: 3 } })
    .withExif(exif)
    .jpeg()
    .toBuffer();
  expect((await decode(photo, null)).takenAt).toBe("2023-07-09T18:30:05+02:00");
});

test("make and model are read from Exif, without repeating the make", async () => {
  const cameraOf = async (tags: Record<string, string>) =>
    (
      await decode(
        await sharp(waves(6, 64, 64), { raw: { width: 64, height: 64, channels: 3 } })
          .withExif({ IFD0: tags })
          .jpeg()
          .toBuffer(),
        null,
      )
    ).camera;
  expect(await cameraOf({ Make: "NIKON CORPORATION", Model: "NIKON D750" })).toBe("NIKON D750");
  expect(await cameraOf({ Make: "SONY ", Model: " ILCE-7M3" })).toBe("SONY ILCE-7M3");
  expect(await cameraOf({ Software: "none" })).toBe("");
});

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}
