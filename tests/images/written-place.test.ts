import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { metadataOf } from "../../src-main/images/photo-metadata";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const exiftool = new ExifTool({ maxProcs: 1 });
afterAll(() => exiftool.end());

test.each([
  ["LocationShown", { LocationShown: [{ City: "Lisbon", ProvinceState: "Lisboa", CountryName: "Portugal" }] }],
  ["LocationCreated", { LocationCreated: [{ City: "Lisbon", ProvinceState: "Lisboa", CountryCode: "pt" }] }],
  [
    "Photoshop's fields",
    { "XMP-photoshop:City": "Lisbon", "XMP-photoshop:State": "Lisboa", "XMP-photoshop:Country": "Portugal" },
  ],
  [
    "IPTC-IIM",
    { "IPTC:City": "Lisbon", "IPTC:Province-State": "Lisboa", "IPTC:Country-PrimaryLocationName": "Portugal" },
  ],
])("a place that exiftool wrote as %s is read", async (name, tags) => {
  const folder = temporaryFolder();
  const plain = join(folder, "plain.jpg");
  await paint(plain, 1);
  const file = join(folder, `${name}.jpg`);
  copyFileSync(plain, file);
  await exiftool.write(file, tags as never, { writeArgs: ["-overwrite_original"] });
  const blocks = await sharp(file).metadata();
  expect(metadataOf(blocks).place).toEqual({ town: "Lisbon", region: "Lisboa", country: "PT" });
});
