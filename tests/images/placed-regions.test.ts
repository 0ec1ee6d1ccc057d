import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { readPlacedRegions } from "../../src-main/images/decode-client";
import { temporaryFolder } from "../fixtures/photo-folder";
import { rawContainer } from "../fixtures/raw-containers";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

const INFO = {
  AppliedToDimensions: { W: 60, H: 40, Unit: "pixel" },
  RegionList: [
    { Area: { X: 0.5, Y: 0.25, W: 0.1, H: 0.2, Unit: "normalized" }, Name: "Ada", Type: "Face", Rotation: 0.5 },
    { Area: { X: 0.1, Y: 0.1, Unit: "normalized" }, Type: "Focus" },
  ],
};

test("reads orientation and regions that ExifTool wrote into a JPEG, a PNG, a TIFF, a WebP and a RAW file", async () => {
  const folder = temporaryFolder();
  const blank = () => sharp({ create: { width: 60, height: 40, channels: 3, background: "#888" } });
  const jpeg = await blank().jpeg().toBuffer();
  for (const name of ["a.jpg", "a.png", "a.tif", "a.webp", "a.dng"]) {
    const file = join(folder, name);
    if (name === "a.dng") writeFileSync(file, rawContainer("dng", jpeg, 6));
    else await blank().withMetadata({ orientation: 6 }).toFile(file);
    await exiftool.write(file, { RegionInfo: INFO } as never, { writeArgs: ["-overwrite_original"] });
    expect(await readPlacedRegions(file), name).toEqual({
      orientation: 6,
      regions: {
        appliedTo: { width: 60, height: 40 },
        regions: [
          { name: "Ada", type: "Face", x: 0.5, y: 0.25, w: 0.1, h: 0.2, unit: "normalized", rotation: 0.5 },
          { name: "", type: "Focus", x: 0.1, y: 0.1, w: NaN, h: NaN, unit: "normalized", rotation: 0 },
        ],
      },
    });
  }
});
