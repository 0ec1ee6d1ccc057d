import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exiftool } from "exiftool-vendored";
import { afterAll, expect, test } from "vitest";
import { createJobs, type JobHandle } from "../../src-main/base/jobs";
import { exportLabels } from "../../src-main/exchange/export-labels";
import { gatherKeywords } from "../../src-main/exchange/gather-keywords";
import { applyImport, planImport } from "../../src-main/exchange/import-labels";
import { deleteLabels } from "../../src-main/features/labels/manage-labels";
import { fullName, readLexicon } from "../../src-main/labeller/lexicon";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { labelCards } from "../../src-main/store/label-cards";
import { photoAt } from "../../src-main/store/photos";
import { redo, undo } from "../../src-main/store/undo";
import { importedFrom, judge, standingVerdicts } from "../../src-main/store/verdicts";
import { personalLexicon } from "../../src-main/workspace/personal-lexicon";
import type { Workbench } from "../../src-main/workspace/workbench";
import type { ImportChoice, ImportPlan, ImportSource, LabelId, PhotoId } from "../../src-shared/contract";
import { stateOf } from "../fixtures/command-line";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

afterAll(() => exiftool.end());

const DOG: LabelId = "wn:02086723";
const lexicon = readLexicon();
const job: JobHandle = {
  job: 1,
  signal: new AbortController().signal,
  isPaused: false,
  progress: () => undefined,
  phase: () => undefined,
  breath: async () => undefined,
};

/** As much of a workbench as an import needs, of a library with these files; each is a photo of its own. */
function benchWith(...paths: string[]): Workbench {
  const library = emptyLibrary();
  for (const [i, path] of paths.entries()) {
    const hash = Buffer.alloc(32, i + 1);
    putFile(library, path, addPhoto(library, { hash, size: 1, mtimeMs: 0 }), { hash, size: 1, mtimeMs: 0 });
    mkdirSync(dirname(join(library.folder, path)), { recursive: true });
  }
  return {
    library,
    lexicon: personalLexicon(lexicon, library),
    labeller: { labels: [] as LabelId[] },
  } as unknown as Workbench;
}

/** Writes a file beside the photos. */
function put({ library }: Workbench, name: string, content: string): string {
  writeFileSync(join(library.folder, name), content);
  return join(library.folder, name);
}

const at = ({ library }: Workbench, path: string): PhotoId => photoAt(library, path)!;
const plan = async (bench: Workbench, source: ImportSource, choices: ImportChoice[] = []): Promise<ImportPlan> =>
  planImport(bench, await gatherKeywords(bench.library, source, job), choices);
const apply = async (bench: Workbench, source: ImportSource, choices: ImportChoice[] = []) =>
  applyImport(bench, await gatherKeywords(bench.library, source, job), choices);
/** "a.jpg dog accept", sorted. */
const standing = ({ library, lexicon: words }: Workbench): string[] => {
  const paths = new Map(
    library.db
      .prepare<[], { path: string; photo: number }>("SELECT path, photo FROM file")
      .all()
      .map(({ path, photo }) => [photo, path]),
  );
  return standingVerdicts(library)
    .map(({ photo, label, verdict }) => `${paths.get(photo)} ${fullName(words.named(label))} ${verdict}`)
    .sort();
};
const becomes = ({ keywords }: ImportPlan) =>
  Object.fromEntries(
    keywords.map(({ keyword, name, parent, label }) => [
      keyword.join("|"),
      label === null ? null : label.startsWith("own:") ? label : fullName({ name, parent }),
    ]),
  );

// guarantee: undo
test("sidecars as Lightroom and digiKam write them become verdicts in one step, and undo takes them back as one", async () => {
  const bench = benchWith("a.jpg", "b.jpg", "sub/c.cr2", "sub/c.jpg", "sub/d.jpg", "sub/d.png");
  const { library } = bench;
  const sidecar = (name: string, tags: Record<string, string[]>) =>
    exiftool.write(join(library.folder, name), tags, { writeArgs: ["-overwrite_original"] });
  await sidecar("a.jpg.xmp", {
    "XMP-dc:Subject": ["crane", "animals", "beach"],
    HierarchicalSubject: ["animals|crane"],
  });
  await sidecar("b.xmp", {
    "XMP-dc:Subject": ["Bella"],
    "XMP-digiKam:TagsList": ["animals/dogs/Bella"],
    LastKeywordXMP: ["animals/dogs/Bella"],
  });
  await sidecar("sub/c.xmp", { "XMP-dc:Subject": ["beach"] });
  await sidecar("sub/d.xmp", { "XMP-dc:Subject": ["beach"] });
  await sidecar("sub/gone.jpg.xmp", { "XMP-dc:Subject": ["beach"] });
  put(bench, "sub/c.jpg.xmp", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>");
  const before = stateOf(library.folder);

  const planned = await plan(bench, { from: "xmp" });
  expect(planned).toMatchObject({
    source: "XMP sidecars",
    photos: 3,
    given: 4,
    standing: 0,
    conflicts: 0,
    unusable: 3,
  });
  expect(becomes(planned)).toEqual({
    "animals|crane": "crane (wading bird)",
    beach: "beach (geological formation)",
    "animals|dogs|Bella": "own:Bella",
  });
  expect(planned.keywords.find(({ name }) => name === "Bella")).toMatchObject({
    isNew: true,
    kindOf: "dog",
    doubt: null,
  });
  expect(planned.unused.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
    expect.stringMatching(/^sub\/c\.jpg\.xmp: .*document type/),
    "sub/d.xmp: could be of sub/d.jpg or sub/d.png",
    "sub/gone.jpg.xmp: no photo of this library",
  ]);
  expect(standing(bench)).toEqual([]);

  expect(await apply(bench, { from: "xmp" })).toMatchObject({ verdicts: 4, photos: 3 });
  const given = ["a.jpg beach accept", "a.jpg crane accept", "b.jpg Bella accept", "sub/c.cr2 beach accept"];
  expect(standing(bench)).toEqual(given);
  expect(labelCards(library).get("own:Bella")).toEqual({ parent: DOG });
  expect(importedFrom(library, at(bench, "b.jpg"), "own:Bella")).toMatchObject({ source: "XMP sidecars" });
  expect(await plan(bench, { from: "xmp" })).toMatchObject({ given: 0, standing: 4 });
  expect(undo(library)).toBe("Import 4 verdicts on 3 photos from XMP sidecars");
  expect([standing(bench), labelCards(library).size, undo(library)]).toEqual([[], 0, null]);
  redo(library);
  expect([standing(bench), labelCards(library).has("own:Bella")]).toEqual([given, true]);
  expect(stateOf(library.folder)).toEqual(before);
});

test("keywords inside photos are read, and a file that is no photo is told of", async () => {
  const bench = benchWith("a.jpg", "b.jpg");
  const file = join(bench.library.folder, "a.jpg");
  await paint(file, 1);
  await exiftool.write(
    file,
    { HierarchicalSubject: ["animals|crane"], Keywords: ["crane", "Zürich"] },
    { writeArgs: ["-overwrite_original", "-codedcharacterset=utf8"] },
  );
  put(bench, "b.jpg", "no photo");
  const hash = readFileSync(file);
  const planned = await plan(bench, { from: "keywords" });
  expect(becomes(planned)).toEqual({ "animals|crane": "crane (wading bird)", Zürich: expect.any(String) as string });
  expect(planned).toMatchObject({ photos: 1, given: 2, unused: [{ where: "b.jpg" }] });
  expect(readFileSync(file)).toEqual(hash);
});

// guarantee: import-keeps-annotations
test("a verdict that stands is never changed: against it the import is told of, and a rejected label stays rejected", async () => {
  const bench = benchWith("a.jpg", "b.jpg", "c.jpg");
  const { library } = bench;
  judge(library, { photos: [at(bench, "a.jpg")], label: DOG, verdict: "reject", name: "dog" });
  judge(library, { photos: [at(bench, "b.jpg")], label: DOG, verdict: "accept", name: "dog" });
  const file = put(
    bench,
    "in.csv",
    "path,label,verdict\na.jpg,dog,accept\nb.jpg,dog,accept\nc.jpg,dog,accept\nc.jpg,beach,accept\nc.jpg,beaches,reject\nb.jpg,beach,reject\n",
  );
  const planned = await plan(bench, { from: "csv", file });
  expect(planned).toMatchObject({
    source: "CSV in.csv",
    given: 2,
    standing: 1,
    conflicts: 1,
    contradicted: 1,
    conflicting: [{ path: "a.jpg", name: "dog", stands: "reject" }],
  });
  expect(await apply(bench, { from: "csv", file })).toMatchObject({ verdicts: 2, photos: 2 });
  expect(standing(bench)).toEqual(["a.jpg dog reject", "b.jpg beach reject", "b.jpg dog accept", "c.jpg dog accept"]);
  expect(importedFrom(library, at(bench, "b.jpg"), DOG)).toBeNull();
  undo(library);
  expect(standing(bench)).toEqual(["a.jpg dog reject", "b.jpg dog accept"]);
});

test("keywords that may mean something else are shown first, and a person chooses another label or none", async () => {
  const bench = benchWith("a.jpg", "b.jpg");
  const file = put(
    bench,
    "in.csv",
    "path,label\na.jpg,crane\na.jpg,Rex\na.jpg,dog\nb.jpg,devices|crane\nb.jpg,animals|dogs|Rex\nb.jpg,Max\n",
  );
  const planned = await plan(bench, { from: "csv", file });
  const doubtful = Object.fromEntries(
    planned.keywords
      .filter(({ doubt }) => doubt !== null)
      .map(({ keyword, label, doubt }) => [keyword.join("|"), `${label}: ${doubt}`]),
  );
  expect(doubtful).toMatchObject({
    crane: expect.stringMatching(/^wn:\d+: could also be crane, a kind of lifting device$/) as string,
    Rex: expect.stringMatching(/^own:Rex: a new label of your own; the dictionary knows king/) as string,
    Max: expect.stringMatching(/^own:Max: /) as string,
  });
  expect(planned.keywords.findIndex(({ doubt }) => doubt === null)).toBe(Object.keys(doubtful).length);
  expect(becomes(planned)).toMatchObject({
    dog: "dog (canine)",
    "devices|crane": "crane (lifting device)",
    "animals|dogs|Rex": "own:Rex",
  });
  const choices: ImportChoice[] = [
    { keyword: ["crane"], label: "own:my crane" },
    { keyword: ["Max"], label: null },
  ];
  expect((await plan(bench, { from: "csv", file }, choices)).given).toBe(planned.given - 1);
  await apply(bench, { from: "csv", file }, choices);
  expect(standing(bench)).toEqual([
    "a.jpg Rex accept",
    "a.jpg dog accept",
    "a.jpg my crane accept",
    "b.jpg Rex accept",
    "b.jpg crane (lifting device) accept",
  ]);
  await expect(
    apply(bench, { from: "csv", file }, [{ keyword: ["crane"], label: "wn:00000001" }]),
  ).rejects.toMatchObject({ code: "no-label" });
});

// guarantee: deleted-stays-deleted
test("a label that a person deleted is left out, unless it is chosen again", async () => {
  const bench = benchWith("a.jpg");
  judge(bench.library, { photos: [1], label: "own:draft", verdict: "accept", name: "draft" });
  deleteLabels(bench, ["own:draft"]);
  const file = put(bench, "in.jsonl", '{"path":"a.jpg","labels":["draft"]}\n');
  expect((await plan(bench, { from: "jsonl", file })).keywords).toMatchObject([
    { label: null, doubt: "you deleted the label “draft”" },
  ]);
  await apply(bench, { from: "jsonl", file }, [{ keyword: ["draft"], label: "own:draft" }]);
  expect(standing(bench)).toEqual(["a.jpg draft accept"]);
  expect(labelCards(bench.library).get("own:draft")?.hidden).toBeUndefined();
});

test("photos are found by their paths, by the end of them where only one ends so, and never outside the library", async () => {
  const bench = benchWith("one/a.jpg", "one/same.jpg", "two/same.jpg", "deep/er/c.jpg");
  const images = [
    "one/a.jpg",
    "two\\same.jpg",
    "same.jpg",
    "er/c.jpg",
    "../../etc/passwd",
    join(bench.library.folder, "one/same.jpg"),
  ].map((file_name, id) => ({ id, file_name }));
  const file = put(
    bench,
    "in.json",
    JSON.stringify({
      images,
      categories: [{ id: 1, name: "beach" }],
      annotations: images.map(({ id }) => ({ image_id: id, category_id: 1 })),
    }),
  );
  const planned = await plan(bench, { from: "coco", file });
  expect(planned).toMatchObject({
    photos: 4,
    given: 4,
    unused: [
      { where: "same.jpg", reason: "2 photos are called so: one/same.jpg, two/same.jpg" },
      { where: "../../etc/passwd", reason: "no photo of this library" },
    ],
  });
});

test("folders that name what photos show become labels, the chosen level of them", async () => {
  const bench = benchWith("animals/crane/DCIM/a.jpg", "animals/2024-05/b.jpg", "DCIM/c.jpg");
  const folders = (level: "nearest" | "all") => plan(bench, { from: "folders", level, without: ["dcim"] });
  expect(becomes(await folders("all"))).toEqual({
    animals: "animal (organism)",
    "animals|crane": "crane (wading bird)",
  });
  expect(await folders("nearest")).toMatchObject({ photos: 2, unusable: 0 });
});

// guarantee: predictions-stay-predictions
test.each(["csv", "jsonl", "coco"] as const)(
  "an export as %s comes back with the same verdicts in another library, and predictions are no verdicts",
  async (format) => {
    const bench = benchWith("a.jpg", "b.jpg");
    const labels: LabelId[] = [
      DOG,
      "own:=1+1",
      "own:a|b",
      "own:Rex, “the king”",
      lexicon.meant("crane (lifting device)"),
    ];
    for (const label of labels) judge(bench.library, { photos: [1, 2], label, verdict: "accept", name: "" });
    const file = join(bench.library.folder, `out.${format}`);
    const choice = { photos: null, labels: "shown" as const, threshold: 0, file, overwrite: false };
    await exportLabels(
      bench,
      createJobs(() => undefined),
      format === "csv" ? { ...choice, format, text: "name", escapeFormulas: true } : { ...choice, format },
    );
    const other = benchWith("a.jpg", "b.jpg");
    await apply(other, { from: format, file });
    expect(standing(other)).toEqual(standing(bench));
  },
);

test("reading many labels can be cancelled, and changes nothing", async () => {
  const bench = benchWith("a.jpg");
  const file = put(bench, "in.csv", `path,label\n${"a.jpg,dog\n".repeat(50_000)}`);
  const jobs = createJobs(({ job: running, done }) => {
    if (done > 0) jobs.cancel(running);
  });
  const { finished } = jobs.run(
    "import",
    async (handle) => void (await gatherKeywords(bench.library, { from: "csv", file }, handle)),
  );
  expect(await finished).toMatchObject({ state: "cancelled" });
  expect(standing(bench)).toEqual([]);
});
