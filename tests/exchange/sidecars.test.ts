import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { LabelledFile } from "../../src-main/exchange/labelled-files";
import { mergeKeywords } from "../../src-main/exchange/xmp-keywords";
import { writeSidecars } from "../../src-main/exchange/xmp-sidecars";
import { stateOf } from "../fixtures/command-line";
import { filesOf, labelled, ownName } from "../fixtures/labelled";
import { temporaryFolder } from "../fixtures/photo-folder";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

let [home, root] = ["", ""];
beforeEach(() => {
  [home, root] = [temporaryFolder(), temporaryFolder()];
});

function photo(path: string, labels: string[]): LabelledFile {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), path);
  return labelled(path, Object.fromEntries(labels.map((label) => [label, "added"])));
}

/** Dogs and cats are animals. */
const pathOf = (label: string) =>
  ["dog", "cat"].includes(ownName(label)) ? ["animal", ownName(label)] : [ownName(label)];
const PLAIN = { naming: "full" as const, dryRun: false, nameOf: ownName, pathOf };
const write = (files: LabelledFile[], how: Partial<Parameters<typeof writeSidecars>[1]> = {}) =>
  writeSidecars(filesOf(files), { ...PLAIN, home, root, folder: root, ...how });
const sidecar = (path: string) => readFileSync(join(root, path), "utf8");

interface Keywords {
  Subject?: string | string[];
  HierarchicalSubject?: string | string[];
  Rating?: number;
  Creator?: string;
}
const listed = (value: string | string[] = []) => [value].flat();
async function readByExiftool(
  path: string,
): Promise<{ subject: string[]; hierarchical: string[]; rating?: number; creator?: string }> {
  const { Subject, HierarchicalSubject, Rating, Creator } = (await exiftool.readRaw(join(root, path), {
    readArgs: ["-fast"],
  })) as Keywords;
  return { subject: listed(Subject), hierarchical: listed(HierarchicalSubject), rating: Rating, creator: Creator };
}

/** As Lightroom writes it, with properties that Semblance does not know. */
const LIGHTROOM = `<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <!-- kept -->
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:odd="http://example.com/odd/"
   xmp:Rating="4" crs:Exposure2012="+0.35" odd:secret="a &amp; b">
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Dog</rdf:li>
     <rdf:li>garden</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <odd:tree><odd:leaf odd:at="1">x</odd:leaf></odd:tree>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;

test("exiftool reads a new sidecar's keywords and hierarchy, whatever characters they contain", async () => {
  const odd = ["花 🌸", 'a & b <c> "d"', "two\nlines", "\u202ertl", "a|b"];
  const files = [photo("sub/IMG_1.jpg", ["dog", ...odd]), photo("none.jpg", [])];
  const before = stateOf(root);
  expect(await write(files)).toEqual({ rows: 1, notes: [], refused: [] });
  const { subject, hierarchical } = await readByExiftool("sub/IMG_1.jpg.xmp");
  expect(subject).toEqual(["dog", ...odd]);
  expect(hierarchical).toEqual(["animal|dog", ...odd.slice(0, 4), "a¦b"]);
  expect(existsSync(join(root, "none.jpg.xmp"))).toBe(false);
  const { "sub/IMG_1.jpg.xmp": _sidecar, sub: _folder, ...after } = stateOf(root);
  const { sub: _before, ...rest } = before;
  expect(after).toEqual(rest);
});

// guarantee: sidecars
test("keeps what a sidecar holds: other keywords, unknown properties, comments and file mode; exiftool reads old and new", async () => {
  const files = [photo("a.jpg", ["dog", "cat"])];
  writeFileSync(join(root, "a.jpg.xmp"), LIGHTROOM, { mode: 0o640 });
  expect((await write(files)).rows).toBe(1);
  const text = sidecar("a.jpg.xmp");
  for (const kept of [
    "<!-- kept -->",
    'crs:Exposure2012="+0.35"',
    'odd:secret="a &amp; b"',
    '<odd:leaf odd:at="1">x</odd:leaf>',
    "Adobe XMP Core 7.0",
  ])
    expect(text).toContain(kept);
  expect(statSync(join(root, "a.jpg.xmp")).mode & 0o777).toBe(0o640);
  // "Dog" already exists, and "dog" is not another keyword.
  expect(await readByExiftool("a.jpg.xmp")).toMatchObject({
    subject: ["Dog", "garden", "cat"],
    hierarchical: ["animal|dog", "animal|cat"],
    rating: 4,
  });
});

// guarantee: sidecars
test("removes a keyword with its label only if Semblance wrote it, and writing again changes nothing", async () => {
  writeFileSync(join(root, "a.jpg.xmp"), LIGHTROOM);
  await write([photo("a.jpg", ["dog", "cat", "tree"])]);
  const { mtimeMs } = statSync(join(root, "a.jpg.xmp"));
  const again = await write([photo("a.jpg", ["dog", "cat", "tree"])]);
  expect(again).toEqual({ rows: 0, notes: ["1 sidecar already has these labels."], refused: [] });
  expect(statSync(join(root, "a.jpg.xmp")).mtimeMs).toBe(mtimeMs);

  expect((await write([photo("a.jpg", ["tree"])])).rows).toBe(1);
  expect(await readByExiftool("a.jpg.xmp")).toMatchObject({
    subject: ["Dog", "garden", "tree"],
    hierarchical: ["tree"],
  });
  await write([photo("a.jpg", [])]);
  expect(await readByExiftool("a.jpg.xmp")).toMatchObject({ subject: ["Dog", "garden"], hierarchical: [] });
  expect(sidecar("a.jpg.xmp")).not.toContain("semblance:");
});

// guarantee: sidecars
test("keeps a keyword that another program adds when Semblance's is removed, and forgets one that it deletes", async () => {
  await write([photo("a.jpg", ["dog"])]);
  const other = sidecar("a.jpg.xmp").replace("<rdf:li>dog</rdf:li>", "<rdf:li>dog</rdf:li><rdf:li>cat</rdf:li>");
  writeFileSync(join(root, "a.jpg.xmp"), other);
  await write([photo("a.jpg", ["cat"])]);
  await write([photo("a.jpg", [])]);
  expect((await readByExiftool("a.jpg.xmp")).subject).toEqual(["cat"]);
});

test.each([
  ["an attribute", 'dc:subject="garden"', ""],
  ["an ordered list", "", "<dc:subject><rdf:Seq><rdf:li>garden</rdf:li></rdf:Seq></dc:subject>"],
  ["plain text", "", "<dc:subject>garden</dc:subject>"],
  [
    "two blocks with another prefix",
    "",
    '</r:Description><r:Description r:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><r:Bag><r:li>garden</r:li></r:Bag></dc:subject>',
  ],
])("merges with keywords stored as %s", async (_how, attribute, element) => {
  const prefix = element.includes("r:Bag") && !element.includes("rdf:") ? "r" : "rdf";
  writeFileSync(
    join(root, "a.jpg.xmp"),
    `\uFEFF<x:xmpmeta xmlns:x="adobe:ns:meta/"><${prefix}:RDF xmlns:${prefix}="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><${prefix}:Description ${prefix}:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" ${attribute}>${element}</${prefix}:Description></${prefix}:RDF></x:xmpmeta>`,
  );
  expect((await write([photo("a.jpg", ["dog"])])).refused).toEqual([]);
  expect((await readByExiftool("a.jpg.xmp")).subject).toEqual(["garden", "dog"]);
  expect(sidecar("a.jpg.xmp").startsWith("\uFEFF")).toBe(true);
});

// guarantee: sidecars
test("refuses by name sidecars that are not XMP, links, and folders behind links, and writes the others", async () => {
  const names = ["text", "entity", "svg", "latin", "link", "fine"];
  const files = names.map((name) => photo(`${name}.jpg`, ["dog"]));
  const outside = temporaryFolder();
  writeFileSync(join(outside, "target.xmp"), LIGHTROOM);
  writeFileSync(join(root, "text.jpg.xmp"), "not <XML");
  writeFileSync(join(root, "entity.jpg.xmp"), `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${LIGHTROOM}`);
  writeFileSync(join(root, "svg.jpg.xmp"), "<svg/>");
  writeFileSync(join(root, "latin.jpg.xmp"), Buffer.from([0x3c, 0xff, 0x3e]));
  symlinkSync(join(outside, "target.xmp"), join(root, "link.jpg.xmp"));
  symlinkSync(outside, join(root, "far"));
  const before = stateOf(root);
  const { rows, refused } = await write([...files, labelled("far/b.jpg", { dog: "added" })]);
  expect(rows).toBe(1);
  expect(refused.map(({ path }) => path)).toEqual([
    "text.jpg",
    "entity.jpg",
    "svg.jpg",
    "latin.jpg",
    "link.jpg",
    "far/b.jpg",
  ]);
  for (const [i, reason] of [
    "isn’t valid XML",
    "document type",
    "no rdf:RDF",
    "isn’t XMP in UTF-8",
    "is a symbolic link",
    "is a symbolic link",
  ].entries())
    expect(refused[i].reason).toContain(reason);
  expect(refused[0].reason).toContain(join(root, "text.jpg.xmp"));
  const { "fine.jpg.xmp": _written, ...after } = stateOf(root);
  expect(after).toEqual(before);
  expect(lstatSync(join(root, "link.jpg.xmp")).isSymbolicLink()).toBe(true);
  expect([readFileSync(join(outside, "target.xmp"), "utf8"), readdirSync(outside)]).toEqual([
    LIGHTROOM,
    ["target.xmp"],
  ]);
});

// guarantee: export-not-over-photos
test("leaves a sidecar that another program changes meanwhile, one with a second name, and the data folder", async () => {
  const files = ["a.jpg", "b.jpg", "c.jpg"].map((path) => photo(path, ["dog"]));
  for (const { path } of files) writeFileSync(join(root, `${path}.xmp`), LIGHTROOM);
  linkSync(join(root, "b.jpg.xmp"), join(root, "b again.xmp"));
  const changed = LIGHTROOM.replace("7.0", "8.0");
  const nameOf = (label: string) => {
    if (sidecar("a.jpg.xmp") === LIGHTROOM) writeFileSync(join(root, "a.jpg.xmp"), changed);
    return ownName(label);
  };
  const { rows, refused } = await write(files, { nameOf });
  expect([rows, refused.map(({ path }) => path)]).toEqual([1, ["a.jpg", "b.jpg"]]);
  expect(refused[0]?.reason).toContain("Another program changed");
  expect(refused[1]?.reason).toContain("a hard link");
  expect([sidecar("a.jpg.xmp"), sidecar("b.jpg.xmp"), sidecar("b again.xmp")]).toEqual([changed, LIGHTROOM, LIGHTROOM]);
  expect(sidecar("c.jpg.xmp")).toContain("dog");

  const inside = await write(files, { folder: join(home, "new") });
  expect([inside.rows, inside.refused.length]).toEqual([0, 3]);
  expect(existsSync(join(home, "new"))).toBe(false);
});

test("names sidecars as Lightroom does: photo.xmp for the RAW, photo.jpg.xmp for its JPEG, and none that two photos could claim", async () => {
  const files = ["IMG_1.CR2", "IMG_1.JPG", "IMG_2.jpg", "IMG_3.jpg", "IMG_3.png"].map((name) =>
    photo(name, [name.slice(-3)]),
  );
  photo("img_2.dng", []); // not in the library, but in the folder
  const { rows, notes } = await write(files, { naming: "stem" });
  expect(rows).toBe(5);
  expect(
    readdirSync(root)
      .filter((name) => name.endsWith(".xmp"))
      .sort(),
  ).toEqual(["IMG_1.JPG.xmp", "IMG_1.xmp", "IMG_2.jpg.xmp", "IMG_3.jpg.xmp", "IMG_3.png.xmp"]);
  expect((await readByExiftool("IMG_1.xmp")).subject).toEqual(["CR2"]);
  expect(notes).toEqual([
    "4 sidecars are named photo.jpg.xmp because another photo has the same name.",
    "Lightroom only reads sidecars of RAW files, and 4 photos aren’t RAW files.",
  ]);
});

test("writes sidecars to another folder by the photos' subfolders, writes nothing in a dry run, and refuses names that are too long", async () => {
  const to = join(temporaryFolder(), "new");
  const long = `${"é".repeat(125)}.jpeg`; // 255 bytes, which leaves no room for ".xmp"
  const files = [photo("sub/a.jpg", ["dog"]), photo(long, ["dog"])];
  const before = stateOf(root);
  expect(await write(files, { folder: to, dryRun: true })).toMatchObject({
    rows: 1,
    refused: [{ path: long, reason: expect.stringContaining("a name of 259 bytes") as string }],
  });
  expect(existsSync(to)).toBe(false);
  expect((await write(files, { folder: to })).rows).toBe(1);
  expect(readdirSync(to, { recursive: true, encoding: "utf8" }).sort()).toEqual(["sub", "sub/a.jpg.xmp"]);
  expect(stateOf(root)).toEqual(before);
});

test("replaces characters that XML does not allow, so that the sidecar stays readable", () => {
  const text = mergeKeywords("a.xmp", null, { subject: ["a\u0001b\uFFFF"], hierarchical: [] })!;
  expect(text).toContain("<rdf:li>a b</rdf:li>");
  expect(mergeKeywords("a.xmp", text, { subject: ["a\u0001b\uFFFF"], hierarchical: [] })).toBeNull();
});
