import sharp from "sharp";
import { expect, test } from "vitest";
import { renderArea } from "../../src-main/images/render-area";
import { areaOfCrop, isPictureSize, pictureCrop } from "../../src-shared/picture-size";

/** 1600×1000, red, green, blue and white quarters in reading order. */
const COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"];
const quarters = sharp({ create: { width: 1600, height: 1000, channels: 3, background: "#000000" } }).composite(
  COLOURS.map((background, i) => ({
    input: { create: { width: 800, height: 500, channels: 3, background } },
    left: 800 * (i % 2),
    top: 500 * Math.floor(i / 2),
  })),
);

test("a part of a photo is cut out of the upright picture, small enough for a tile and never enlarged", async () => {
  const upright = await quarters.png().toBuffer();
  const stored = await sharp(upright).rotate(270).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toBuffer();
  for (const [i, area] of (
    [
      [0, 0, 0.5, 0.5],
      [0.5, 0, 1, 0.5],
      [0, 0.5, 0.5, 1],
      [0.5, 0.5, 1, 1],
    ] as const
  ).entries()) {
    const cut = sharp(await renderArea(stored, area, 384));
    expect(await cut.metadata()).toMatchObject({ format: "jpeg", width: 384, height: 240 });
    const { channels } = await cut.stats();
    const wanted = [1, 3, 5].map((at) => parseInt(COLOURS[i].slice(at, at + 2), 16));
    channels.forEach(({ mean }, c) => expect(Math.abs(mean - wanted[c])).toBeLessThan(4));
  }
  const small = sharp(await renderArea(stored, [0.99, 0.99, 1, 1], 384));
  expect(await small.metadata()).toMatchObject({ width: 16, height: 10 });
  const none = sharp(await renderArea(stored, [0.5, 1, 0.5, 1], 384));
  expect(await none.metadata()).toMatchObject({ width: 1, height: 1 });
});

test("a crop has an address; one that lies outside the photo or has no area has none", () => {
  expect(pictureCrop([0, 0.25, 0.5, 0.75])).toBe("crop-0-2500-5000-7500");
  expect(areaOfCrop("crop-0-2500-5000-7500")).toEqual([0, 0.25, 0.5, 0.75]);
  for (const size of ["thumbnail", "view", "full", "crop-0-0-1-10000"]) expect(isPictureSize(size)).toBe(true);
  for (const size of ["", "huge", "crop-", "crop-1-1-1-2", "crop-0-0-1-10001", "crop-5--1-9-9", "crop-1-2-3-4-5"])
    expect([size, isPictureSize(size)]).toEqual([size, false]);
});
