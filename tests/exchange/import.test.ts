import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, expect, test } from "vitest";
import { createJobs, type JobHandle } from "../../src-main/base/jobs";
import { collectKeywords } from "../../src-main/exchange/collect-keywords";
import { exportLabels } from "../../src-main/exchange/export-labels";
import { applyImport, planImport } from "../../src-main/exchange/import-labels";
import { deleteLabels } from "../../src-main/features/labels/manage-labels";
import { fullName, readLexicon } from "../../src-main/labeller/lexicon";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { labelCards } from "../../src-main/store/label-cards";
import { photoAt } from "../../src-main/store/photos";
import { redo, undo } from "../../src-main/store/undo";
import { annotate, currentAnnotations, importedFrom } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { personalLexicon } from "../../src-main/workspace/personal-lexicon";
import type { ImportChoice, ImportPlan, ImportSource, LabelId, PhotoId } from "../../src-shared/contract";
import { stateOf } from "../fixtures/command-line";
import { emptyLibrary, paint } from "../fixtures/photo-folder";

const exiftool = new ExifTool();
afterAll(() => exiftool.end());

const DOG: LabelId = "wn:02086723";
const lexicon = readLexicon();
const job: JobHandle = {
  job: 1,
  signal: new AbortController().signal,
  isPaused: false,
  progress: () => undefined,
  phase: () => undefined,
  yield: async () => undefined,
};

/** The parts of an open library that an import needs, with these files, each a different photo. */
function libraryWith(...paths: string[]): OpenLibrary {
  const store = emptyLibrary();
  for (const [i, path] of paths.entries()) {
    const hash = Buffer.alloc(32, i + 1);
    putFile(store, path, addPhoto(store, { hash, size: 1, mtimeMs: 0 }), { hash, size: 1, mtimeMs: 0 });
    mkdirSync(dirname(join(store.folder, path)), { recursive: true });
  }
  const caches = createLibraryCaches();
  return {
    store,
    caches,
    lexicon: personalLexicon(lexicon, store, caches),
    ranker: { labels: [] as LabelId[] },
  } as unknown as OpenLibrary;
}

/** Writes a file beside the photos. */
function put({ store }: OpenLibrary, name: string, content: string): string {
  writeFileSync(join(store.folder, name), content);
  return join(store.folder, name);
}

const at = ({ store }: OpenLibrary, path: string): PhotoId => photoAt(store, path)!;
const plan = async (library: OpenLibrary, source: ImportSource, choices: ImportChoice[] = []): Promise<ImportPlan> =>
  planImport(library, await collectKeywords(library.store, source, job), choices);
const apply = async (library: OpenLibrary, source: ImportSource, choices: ImportChoice[] = []) =>
  applyImport(library, await collectKeywords(library.store, source, job), choices);
/** "a.jpg dog accept", sorted. */
const verdictsIn = ({ store, lexicon: words }: OpenLibrary): string[] => {
  const paths = new Map(
    store.db
      .prepare<[], { path: string; photo: number }>("SELECT path, photo FROM file")
      .all()
      .map(({ path, photo }) => [photo, path]),
  );
  return currentAnnotations(store)
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
test("imports sidecars written by Lightroom and digiKam as verdicts in one step, which undo takes back", async () => {
  const library = libraryWith("a.jpg", "b.jpg", "sub/c.cr2", "sub/c.jpg", "sub/d.jpg", "sub/d.png");
  const { store } = library;
  const sidecar = (name: string, tags: Record<string, string[]>) =>
    exiftool.write(join(store.folder, name), tags, { writeArgs: ["-overwrite_original"] });
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
  put(library, "sub/c.jpg.xmp", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>");
  const before = stateOf(store.folder);

  const planned = await plan(library, { from: "xmp" });
  expect(planned).toMatchObject({
    source: "XMP sidecars",
    photos: 3,
    given: 4,
    alreadySet: 0,
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
  expect(planned.unusableItems.map(({ where, reason }) => `${where}: ${reason}`)).toEqual([
    expect.stringMatching(/^sub\/c\.jpg\.xmp: .*document type/),
    "sub/d.xmp: The sidecar could belong to sub/d.jpg or sub/d.png.",
    "sub/gone.jpg.xmp: No photo of this library belongs to this sidecar.",
  ]);
  expect(verdictsIn(library)).toEqual([]);

  expect(await apply(library, { from: "xmp" })).toMatchObject({ verdicts: 4, photos: 3 });
  const given = ["a.jpg beach accept", "a.jpg crane accept", "b.jpg Bella accept", "sub/c.cr2 beach accept"];
  expect(verdictsIn(library)).toEqual(given);
  expect(labelCards(store).get("own:Bella")).toEqual({ parent: DOG });
  expect(importedFrom(store, at(library, "b.jpg"), "own:Bella")).toMatchObject({ source: "XMP sidecars" });
  expect(await plan(library, { from: "xmp" })).toMatchObject({ given: 0, alreadySet: 4 });
  expect(undo(store)).toBe("Import 4 verdicts on 3 photos from XMP sidecars");
  expect([verdictsIn(library), labelCards(store).size, undo(store)]).toEqual([[], 0, null]);
  redo(store);
  expect([verdictsIn(library), labelCards(store).has("own:Bella")]).toEqual([given, true]);
  expect(stateOf(store.folder)).toEqual(before);
});

test("reads keywords embedded in photos and reports a file that is not a photo", async () => {
  const library = libraryWith("a.jpg", "b.jpg");
  const file = join(library.store.folder, "a.jpg");
  await paint(file, 1);
  await exiftool.write(
    file,
    { HierarchicalSubject: ["animals|crane"], Keywords: ["crane", "Zürich"] },
    { writeArgs: ["-overwrite_original", "-codedcharacterset=utf8"] },
  );
  put(library, "b.jpg", "no photo");
  const hash = readFileSync(file);
  const planned = await plan(library, { from: "keywords" });
  expect(becomes(planned)).toEqual({ "animals|crane": "crane (wading bird)", Zürich: expect.any(String) as string });
  expect(planned).toMatchObject({ photos: 1, given: 2, unusableItems: [{ where: "b.jpg" }] });
  expect(readFileSync(file)).toEqual(hash);
});

// guarantee: import-keeps-annotations
test("never changes an existing verdict: reports conflicts, and keeps rejected labels rejected", async () => {
  const library = libraryWith("a.jpg", "b.jpg", "c.jpg");
  const { store } = library;
  annotate(store, { photos: [at(library, "a.jpg")], label: DOG, verdict: "reject", name: "dog" });
  annotate(store, { photos: [at(library, "b.jpg")], label: DOG, verdict: "accept", name: "dog" });
  const file = put(
    library,
    "in.csv",
    "path,label,verdict\na.jpg,dog,accept\nb.jpg,dog,accept\nc.jpg,dog,accept\nc.jpg,beach,accept\nc.jpg,beaches,reject\nb.jpg,beach,reject\n",
  );
  const planned = await plan(library, { from: "csv", file });
  expect(planned).toMatchObject({
    source: "CSV in.csv",
    given: 2,
    alreadySet: 1,
    conflicts: 1,
    contradicted: 1,
    conflicting: [{ path: "a.jpg", name: "dog", existing: "reject" }],
  });
  expect(await apply(library, { from: "csv", file })).toMatchObject({ verdicts: 2, photos: 2 });
  expect(verdictsIn(library)).toEqual([
    "a.jpg dog reject",
    "b.jpg beach reject",
    "b.jpg dog accept",
    "c.jpg dog accept",
  ]);
  expect(importedFrom(store, at(library, "b.jpg"), DOG)).toBeNull();
  undo(store);
  expect(verdictsIn(library)).toEqual(["a.jpg dog reject", "b.jpg dog accept"]);
});

test("lists ambiguous keywords first, and the user chooses another label or none", async () => {
  const library = libraryWith("a.jpg", "b.jpg");
  const file = put(
    library,
    "in.csv",
    "path,label\na.jpg,crane\na.jpg,Rex\na.jpg,dog\nb.jpg,devices|crane\nb.jpg,animals|dogs|Rex\nb.jpg,Max\n",
  );
  const planned = await plan(library, { from: "csv", file });
  const doubtful = Object.fromEntries(
    planned.keywords
      .filter(({ doubt }) => doubt !== null)
      .map(({ keyword, label, doubt }) => [keyword.join("|"), `${label}: ${doubt}`]),
  );
  expect(doubtful).toMatchObject({
    crane: expect.stringMatching(/^wn:\d+: Could also be crane, a kind of lifting device\.$/) as string,
    Rex: expect.stringMatching(/^own:Rex: Creates a new label: the dictionary only knows king/) as string,
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
  expect((await plan(library, { from: "csv", file }, choices)).given).toBe(planned.given - 1);
  await apply(library, { from: "csv", file }, choices);
  expect(verdictsIn(library)).toEqual([
    "a.jpg Rex accept",
    "a.jpg dog accept",
    "a.jpg my crane accept",
    "b.jpg Rex accept",
    "b.jpg crane (lifting device) accept",
  ]);
  await expect(
    apply(library, { from: "csv", file }, [{ keyword: ["crane"], label: "wn:00000001" }]),
  ).rejects.toMatchObject({ code: "no-label" });
});

// guarantee: deleted-stays-deleted
test("leaves out a label that the user deleted, unless it is chosen again", async () => {
  const library = libraryWith("a.jpg");
  annotate(library.store, { photos: [1], label: "own:draft", verdict: "accept", name: "draft" });
  deleteLabels(library, ["own:draft"]);
  const file = put(library, "in.jsonl", '{"path":"a.jpg","labels":["draft"]}\n');
  expect((await plan(library, { from: "jsonl", file })).keywords).toMatchObject([
    { label: null, doubt: "You deleted the label “draft”. Choose a label to import this keyword." },
  ]);
  await apply(library, { from: "jsonl", file }, [{ keyword: ["draft"], label: "own:draft" }]);
  expect(verdictsIn(library)).toEqual(["a.jpg draft accept"]);
  expect(labelCards(library.store).get("own:draft")?.hidden).toBeUndefined();
});

test("finds photos by path, or by the end of a path if it is unique, and never outside the library", async () => {
  const library = libraryWith("one/a.jpg", "one/same.jpg", "two/same.jpg", "deep/er/c.jpg");
  const images = [
    "one/a.jpg",
    "two\\same.jpg",
    "same.jpg",
    "er/c.jpg",
    "../../etc/passwd",
    join(library.store.folder, "one/same.jpg"),
  ].map((file_name, id) => ({ id, file_name }));
  const file = put(
    library,
    "in.json",
    JSON.stringify({
      images,
      categories: [{ id: 1, name: "beach" }],
      annotations: images.map(({ id }) => ({ image_id: id, category_id: 1 })),
    }),
  );
  const planned = await plan(library, { from: "coco", file });
  expect(planned).toMatchObject({
    photos: 4,
    given: 4,
    unusableItems: [
      { where: "same.jpg", reason: "2 photos have this name: one/same.jpg, two/same.jpg. Add the folder to the path." },
      {
        where: "../../etc/passwd",
        reason: "No photo of this library has this path. Check that it is relative to the library’s folder.",
      },
    ],
  });
});

test("turns folder names at the chosen level into labels if they describe photos", async () => {
  const library = libraryWith("animals/crane/DCIM/a.jpg", "animals/2024-05/b.jpg", "DCIM/c.jpg");
  const folders = (level: "nearest" | "all") => plan(library, { from: "folders", level, without: ["dcim"] });
  expect(becomes(await folders("all"))).toEqual({
    animals: "animal (organism)",
    "animals|crane": "crane (wading bird)",
  });
  expect(await folders("nearest")).toMatchObject({ photos: 2, unusable: 0 });
});

// guarantee: predictions-stay-predictions
test.each(["csv", "jsonl", "coco"] as const)(
  "an export as %s gives another library the same verdicts, and predictions do not become verdicts",
  async (format) => {
    const library = libraryWith("a.jpg", "b.jpg");
    const labels: LabelId[] = [
      DOG,
      "own:=1+1",
      "own:a|b",
      "own:Rex, “the king”",
      lexicon.meant("crane (lifting device)"),
    ];
    for (const label of labels) annotate(library.store, { photos: [1, 2], label, verdict: "accept", name: "" });
    const file = join(library.store.folder, `out.${format}`);
    const choice = { photos: null, labels: "shown" as const, threshold: 0, file, overwrite: false };
    await exportLabels(
      library,
      createJobs(() => undefined),
      format === "csv" ? { ...choice, format, text: "name", escapeFormulas: true } : { ...choice, format },
    );
    const other = libraryWith("a.jpg", "b.jpg");
    await apply(other, { from: format, file });
    expect(verdictsIn(other)).toEqual(verdictsIn(library));
  },
);

test("reading many labels can be cancelled without changing anything", async () => {
  const library = libraryWith("a.jpg");
  const file = put(library, "in.csv", `path,label\n${"a.jpg,dog\n".repeat(50_000)}`);
  const jobs = createJobs(({ job: running, done }) => {
    if (done > 0) jobs.cancel(running);
  });
  const { finished } = jobs.run(
    "import",
    async (handle) => void (await collectKeywords(library.store, { from: "csv", file }, handle)),
  );
  expect(await finished).toMatchObject({ state: "cancelled" });
  expect(verdictsIn(library)).toEqual([]);
});
