import { join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { readMetadata } from "../../src-main/images/decode-client";
import { iptcKeywords } from "../../src-main/images/iptc";
import { readXmp } from "../../src-main/images/xmp";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

async function tagged(name: string, tags: Record<string, string | string[]>): Promise<string[][]> {
  const file = join(temporaryFolder(), name);
  await paint(file, 3);
  await exiftool.write(file, tags, { writeArgs: ["-overwrite_original", "-codedcharacterset=utf8"] });
  return (await readMetadata(file)).keywords;
}

test("Lightroom's hierarchy is read once, without repeating its steps as plain keywords", async () => {
  const tags = {
    HierarchicalSubject: ["animals|birds|crane", "Reise"],
    "XMP-dc:Subject": ["crane", "birds", "animals", "Reise", "sunset"],
    "IPTC:Keywords": ["crane", "sunset", "Zürich"],
  };
  const inXmp = { ...tags, "XMP-dc:Subject": [...tags["XMP-dc:Subject"], "Zürich"], "IPTC:Keywords": [] };
  for (const [name, written] of [
    ["a.jpg", tags],
    ["a.tif", tags],
    ["a.png", inXmp],
    ["a.webp", inXmp],
  ] as const)
    expect(await tagged(name, written), name).toEqual([
      ["animals", "birds", "crane"],
      ["Reise"],
      ["sunset"],
      ["Zürich"],
    ]);
});

test("the hierarchies of digiKam and Windows are read with their slashes", async () => {
  expect(
    await tagged("b.jpg", {
      "XMP-digiKam:TagsList": ["places/city/Zürich"],
      LastKeywordXMP: ["places/city/Zürich"],
      HierarchicalSubject: ["places|city|Zürich"],
    }),
  ).toEqual([["places", "city", "Zürich"]]);
  expect(await tagged("c.jpg", { LastKeywordXMP: ["people/Anna"] })).toEqual([["people", "Anna"]]);
});

test("IPTC keywords without XMP are read in the encoding they declare", async () => {
  expect(await tagged("d.jpg", { Keywords: ["Straße", "naïve café"] })).toEqual([["Straße"], ["naïve café"]]);
  // not UTF-8: Latin-1
  expect(iptcKeywords(Buffer.from("1c021900055374726123" + "1c02190003e9e9e9", "hex"))).toEqual(["Stra#", "ééé"]);
});

test("a photo without keywords has none, and a file that is not a photo is refused", async () => {
  const folder = temporaryFolder();
  await paint(join(folder, "plain.jpg"), 1);
  expect((await readMetadata(join(folder, "plain.jpg"))).keywords).toEqual([]);
  await expect(readMetadata(join(folder, "none.jpg"))).rejects.toMatchObject({ code: "unreadable" });
});

// guarantee: hostile-import
test("a packet that is broken or declares entities is ignored", async () => {
  const packet = (body: string, before = "") =>
    Buffer.from(`<?xpacket begin=""?>${before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="4"><dc:subject><rdf:Bag><rdf:li>${body}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`);
  expect(readXmp(packet("dog &amp; cat"))).toEqual({
    keywords: [["dog & cat"]],
    flag: null,
    rating: 4,
    colour: null,
    motion: false,
    place: null,
  });
  expect(readXmp(packet("&xxe;", `<!DOCTYPE a [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>`)).keywords).toEqual([]);
  expect(readXmp(packet("&lol;")).keywords).toEqual([]);
  expect(readXmp(packet("<b>dog").subarray(0, 300)).keywords).toEqual([]);
  expect(
    await sharp(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123456" } })
        .withXmp(packet("fog").toString())
        .jpeg()
        .toBuffer(),
    )
      .metadata()
      .then(({ xmp }) => readXmp(xmp).keywords),
  ).toEqual([["fog"]]);
});
