import { existsSync } from "node:fs";
import { join } from "node:path";
import { ExifTool } from "exiftool-vendored";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { closeStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { allFiles } from "../../src-main/store/photos";
import { labelsOfPhoto } from "../../src-main/store/predictions";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { PhotoDetails } from "../../src-shared/contract";
import { type Engine, openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { editOriginal } from "../fixtures/unchanged-originals";

// Its own: another file of this process may end the shared one.
const exiftool = new ExifTool({ maxProcs: 1 });
afterAll(() => exiftool.end());

const KEYWORDS: Record<string, string[]> = {
  "a.jpg": ["animals|crane"],
  "b.jpg": ["animals|crane", "Flurblewock"],
  "c.jpg": [],
  "d.jpg": [],
};

async function keywordFolder(): Promise<string> {
  const folder = temporaryFolder();
  for (const [i, [name, keywords]] of Object.entries(KEYWORDS).entries()) {
    await paint(join(folder, name), i);
    if (keywords.length > 0)
      await exiftool.write(
        join(folder, name),
        { HierarchicalSubject: keywords },
        { writeArgs: ["-overwrite_original"] },
      );
  }
  return folder;
}

async function opened(engine: Engine, folder: string): Promise<void> {
  await engine.api.openLibrary({ folder });
  await engine.idle();
  await engine.api.changeSettings({ threshold: 0, watchFolder: false });
  await engine.idle();
}

async function details({ api }: Engine): Promise<PhotoDetails[]> {
  const { photos } = await api.browse({ sort: "name", descending: false, group: "none" });
  return api.photosDetails({ photos });
}
const labelsIn = async (engine: Engine) =>
  new Set((await details(engine)).flatMap(({ labels, guesses }) => [...labels, ...guesses].map(({ name }) => name)));

test("photos with keywords are offered once to learn from, imported in one step, and undone in one", async () => {
  const engine = await openEngine();
  const folder = await keywordFolder();
  await opened(engine, folder);
  const { api } = engine;
  expect(await api.keywordOffer()).toEqual({ photos: 2, keywords: 2 });
  const { job } = await api.planImport({ source: { from: "keywords" } });
  await engine.ended(job);
  const plan = await api.importPlan({ plan: job, choices: [] });
  expect(plan.keywords.map(({ name, parent, accepted, isNew }) => [name, parent, accepted, isNew])).toEqual([
    ["crane", "wading bird", 2, false],
    ["Flurblewock", null, 1, true],
  ]);
  expect(await api.applyImport({ plan: job, choices: [] })).toMatchObject({ verdicts: 3, photos: 2 });
  expect(await api.keywordOffer()).toBeNull();
  expect((await api.undo()).undone).toBe("Import 3 verdicts on 2 photos from keywords in photos");
  expect((await api.library())!.verdicts).toBe(0);
  await api.closeLibrary();
  await opened(engine, folder);
  expect(await api.keywordOffer()).toBeNull();
});

test("an offer that was dismissed does not come back, in this library only", async () => {
  const engine = await openEngine();
  const [first, second] = [await keywordFolder(), await keywordFolder()];
  await opened(engine, first);
  await engine.api.closeKeywordOffer();
  expect(await engine.api.keywordOffer()).toBeNull();
  await opened(engine, second);
  expect(await engine.api.keywordOffer()).toMatchObject({ photos: 2 });
});

test("the label set my-keywords suggests only one's own tree, follows new keywords, and is reversible", async () => {
  const engine = await openEngine();
  const { api } = engine;
  const folder = await keywordFolder();
  await opened(engine, folder);
  const all = await labelsIn(engine);
  expect(all.size).toBeGreaterThan(5);
  await api.changeSettings({ labelSet: "my-keywords" });
  await engine.idle();
  const own = ["animal", "crane", "Flurblewock"];
  expect((await api.library())!.labelSet).toEqual({ name: "my-keywords", size: own.length });
  for (const name of await labelsIn(engine)) expect(own).toContain(name);

  const [photo] = (await details(engine)).map((each) => each.photo);
  await api.annotate({ photos: [photo], label: "own:Zibble", verdict: "accept" });
  await paint(join(folder, "e.jpg"), 9);
  await exiftool.write(
    join(folder, "e.jpg"),
    { HierarchicalSubject: ["frog"] },
    { writeArgs: ["-overwrite_original"] },
  );
  await engine.ended((await api.rescan()).job);
  await engine.idle();
  await expect.poll(async () => (await api.library())!.labelSet).toEqual({ name: "my-keywords", size: own.length + 2 });
  await engine.idle();
  for (const name of await labelsIn(engine)) expect([...own, "Zibble", "frog"]).toContain(name);

  await api.changeSettings({ labelSet: "everyday" });
  await engine.idle();
  expect((await labelsIn(engine)).size).toBeGreaterThanOrEqual(all.size);
});

test("a folder that is first opened with my-keywords gets its labels from the keywords that the scan finds", async () => {
  const { library, visual, objects, dispose } = await openFolder(temporaryFolder(), await keywordFolder(), {
    labelSet: "my-keywords",
  });
  expect(library.labelSet).toEqual({ name: "my-keywords", size: 0 });
  const jobs = createJobs(() => undefined);
  onTestFinished(async () => {
    await jobs.cancelAll();
    await dispose();
    closeStore(library.store);
  });
  await labelFolder(library, jobs, { visual, objects }, { changed: () => undefined }).finished;
  expect(library.labelSet).toEqual({ name: "my-keywords", size: 3 });
  const own = ["animal", "crane", "Flurblewock"];
  for (const { photo } of allFiles(library.store))
    for (const { label } of labelsOfPhoto(library.store, photo!))
      expect(own).toContain(library.lexicon.named(label).name);
});

test("my-keywords is refused while there is no keyword and no verdict", async () => {
  const engine = await openEngine();
  const folder = temporaryFolder();
  await paint(join(folder, "plain.png"), 1);
  await opened(engine, folder);
  await expect(engine.api.changeSettings({ labelSet: "my-keywords" })).rejects.toMatchObject({
    code: "bad-label-set",
    message: expect.stringContaining(`No photo in ${folder} has a keyword`) as string,
  });
  expect((await engine.api.settings()).labelSet).toBe("everyday");
  expect(await engine.api.keywordOffer()).toBeNull();
});

test("the sample library is deleted with its photos and verdicts, and what a person put there stays", async () => {
  const engine = await openEngine();
  const { folder } = await engine.api.openSamples();
  expect((await engine.api.welcome()).samples).toBe(folder);
  await engine.idle();
  expect(await engine.api.browse({ sort: "name", descending: false, group: "none" })).toMatchObject({ confident: 7 });
  editOriginal(folder); // these are the program's own copies, and deleting them is what a person asked for
  await engine.api.deleteSamples();
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(libraryDirectory(engine.home, folder))).toBe(false);
  expect(await engine.api.library()).toBeNull();
  expect((await engine.api.welcome()).recent).toEqual([]);

  await engine.api.openSamples();
  await engine.idle();
  await paint(join(folder, "mine.png"), 3);
  editOriginal(join(folder, "pink lily leek.jpg"));
  editOriginal(folder);
  await engine.api.deleteSamples();
  expect(existsSync(join(folder, "mine.png"))).toBe(true);
  expect(existsSync(join(folder, "pink lily leek.jpg"))).toBe(false);
});
