import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test, vi } from "vitest";
import { decode, render } from "../../src-main/images/decode";
import { readMetadata } from "../../src-main/images/decode-client";
import { closeExifTool, withExifTool } from "../../src-main/images/exiftool";
import { temporaryFolder } from "../fixtures/photo-folder";
import { RAW_EXTENSIONS, rawContainer } from "../fixtures/raw-containers";

// A computer without Perl.
const perl = vi.hoisted(() => ({ missing: false }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, existsSync: (path: string) => (path !== "/usr/bin/perl" || !perl.missing) && fs.existsSync(path) };
});

afterAll(closeExifTool);

/** Red on the left, blue on the right. */
const preview = (): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 480, channels: 3, background: "#0000ff" } })
    .extend({ left: 320, background: "#ff0000" })
    .jpeg()
    .toBuffer();

function written(name: string, bytes: Buffer): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

async function colourAt(jpeg: Buffer, left: number, top: number): Promise<string> {
  const { data } = await sharp(jpeg)
    .extract({ left, top, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data[0] > 200 && data[2] < 60 ? "red" : data[2] > 200 && data[0] < 60 ? "blue" : [...data].join();
}

test.each(RAW_EXTENSIONS)("the embedded preview of a %s is used, turned as the RAW says", async (extension) => {
  const turned = extension === "raf" ? 1 : 6; // a RAF's orientation is in its preview
  const file = written(`IMG.${extension.toUpperCase()}`, rawContainer(extension, await preview(), turned));
  const photo = await decode(file, null);
  expect(photo).toMatchObject({
    format: extension,
    ...(turned === 6 ? { width: 480, height: 640 } : { width: 640, height: 480 }),
  });
  // A quarter turn clockwise: left becomes top.
  const [x, y] = turned === 6 ? [192, 20] : [20, 192];
  expect(await colourAt(photo.thumbnail, x, y)).toBe("red");
  expect(await colourAt(await render(file, 200), turned === 6 ? 75 : 180, turned === 6 ? 180 : 75)).toBe("blue");
});

test("a RAW file's metadata is read: time with offset, camera, lens and embedded keywords", async () => {
  const file = written("IMG.dng", rawContainer("dng", await preview()));
  expect(await decode(file, null)).toMatchObject({
    takenAt: "2023-07-09T18:30:05+02:00",
    camera: "NIKON D750",
    lens: "50.0 mm f/1.8",
    location: null,
    rating: null,
    keywords: [],
  });
  execFileSync("perl", [
    join(import.meta.dirname, "../../node_modules/exiftool-vendored.pl/bin/exiftool"),
    "-q",
    "-overwrite_original",
    "-HierarchicalSubject=animals|crane",
    "-Subject=crane",
    "-Subject=lake",
    "-Rating=4",
    "-XMP-xmp:Label=Blue",
    "-XMP-xmpDM:Pick=-1",
    "-GPSLatitude=33.5",
    "-GPSLatitudeRef=S",
    "-GPSLongitude=70.25",
    "-GPSLongitudeRef=W",
    file,
  ]);
  expect(await decode(file, null)).toMatchObject({
    flag: "reject",
    rating: 4,
    colour: "blue",
    location: { latitude: -33.5, longitude: -70.25 },
  });
  expect((await readMetadata(file)).keywords).toEqual([["animals", "crane"], ["lake"]]);
});

test("content in memory is recognised as RAW if its first bytes are unambiguous", async () => {
  for (const extension of ["cr2", "cr3", "raf", "orf", "rw2"] as const)
    expect((await decode(rawContainer(extension, await preview()), null)).format).toBe(extension);
});

test("a RAW without a preview and a file that is not RAW fail with the reason", async () => {
  await expect(decode(written("IMG.nef", rawContainer("nef", Buffer.alloc(0))), null)).rejects.toMatchObject({
    code: "no-preview",
    message: "The NEF file has no embedded preview, which Semblance needs to show a RAW file.",
  });
  await expect(decode(written("IMG.cr2", Buffer.from("no RAW at all")), null)).rejects.toMatchObject({
    code: "no-preview",
  });
  await expect(
    decode(written("IMG.arw", rawContainer("arw", Buffer.from("no JPEG, though it says so"))), null),
  ).rejects.toMatchObject({ code: expect.stringMatching(/not-an-image|exiftool-failed/) as string });
  await expect(decode(join(temporaryFolder(), "gone.dng"), null)).rejects.toMatchObject({ code: "unreadable" });
});

// guarantee: bad-photo-alone
test("if ExifTool dies, the next photo starts it again, and if Perl is missing the error says so", async () => {
  const file = written("IMG.orf", rawContainer("orf", await preview()));
  await decode(file, null);
  const [first] = await withExifTool((exifTool) => Promise.resolve(exifTool.pids));
  process.kill(first, "SIGKILL");
  expect((await decode(file, null)).width).toBe(640);
  const [second] = await withExifTool((exifTool) => Promise.resolve(exifTool.pids));
  expect(second).not.toBe(first);
  await closeExifTool();
  const path = process.env.PATH;
  perl.missing = true;
  process.env.PATH = temporaryFolder();
  await expect(decode(file, null)).rejects.toMatchObject({
    code: "no-exiftool",
    message: expect.stringContaining("which needs Perl") as string,
  });
  perl.missing = false;
  process.env.PATH = path;
  expect((await decode(file, null)).width).toBe(640);
});
