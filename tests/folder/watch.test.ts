import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { random } from "../../src-main/math/random";
import type { PhotoId, View } from "../../src-shared/contract";
import { openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder, waves } from "../fixtures/photo-folder";

const EVERYTHING: View = { sort: "name", descending: false, group: "none" };

/** An open and watched folder with two photos, and its files in the library. */
async function watched() {
  const engine = await openEngine();
  const folder = join(temporaryFolder(), "photos");
  await paint(join(folder, "a.jpg"), 1);
  await paint(join(folder, "sub/b.jpg"), 2);
  await engine.api.openLibrary({ folder });
  await engine.idle();
  const paths = async () => {
    const { photos } = await engine.api.browse(EVERYTHING);
    const found = await Promise.all(photos.map(async (photo) => engine.api.photo({ photo })));
    return found
      .flatMap(({ paths: all, photo }) => all.map((path) => ({ path, photo })))
      .sort((x, y) => (x.path < y.path ? -1 : 1));
  };
  return { engine, folder, paths, names: async () => (await paths()).map(({ path }) => path) };
}

/** Only the watch triggers scans, so if nothing happens within the test's timeout, nothing ever would. */
const settles = (names: () => Promise<string[]>, expected: string[]) =>
  expect.poll(names, { timeout: 30_000, interval: 100 }).toEqual(expected);

// guarantee: watched
test("new, moved, changed and deleted files show automatically, and verdicts go with the photos", async () => {
  const { engine, folder, paths, names } = await watched();
  const [{ photo: first }] = await paths();
  await engine.api.annotate({ photos: [first], label: "own:harbour", verdict: "accept" });

  await paint(join(folder, "c.jpg"), 3);
  await settles(names, ["a.jpg", "c.jpg", "sub/b.jpg"]);

  mkdirSync(join(folder, "new/deep"), { recursive: true });
  renameSync(join(folder, "a.jpg"), join(folder, "new/deep/moved.jpg"));
  await settles(names, ["c.jpg", "new/deep/moved.jpg", "sub/b.jpg"]);
  const moved = (await paths()).find(({ path }) => path === "new/deep/moved.jpg")!.photo;
  expect(moved).toBe(first);
  expect((await engine.api.photo({ photo: moved })).labels[0]).toMatchObject({ label: "own:harbour", source: "added" });

  writeFileSync(
    join(folder, "new/deep/moved.jpg.xmp"),
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>`,
  );
  await expect.poll(async () => (await engine.api.photo({ photo: moved })).rating, { timeout: 30_000 }).toBe(4);

  const before = (await engine.api.photo({ photo: moved })).version;
  await paint(join(folder, "new/deep/moved.jpg"), 77);
  await expect
    .poll(async () => (await engine.api.photo({ photo: moved })).version, { timeout: 30_000 })
    .not.toBe(before);
  expect((await engine.api.photo({ photo: moved })).labels[0]).toMatchObject({ label: "own:harbour" });

  rmSync(join(folder, "new"), { recursive: true });
  rmSync(join(folder, "c.jpg"));
  await settles(names, ["sub/b.jpg"]);
});

// guarantee: watched
test("files that arrive at the same time each show once", async () => {
  const { engine, folder } = await watched();
  const jpeg = await sharp(waves(9, 16, 16), { raw: { width: 16, height: 16, channels: 3 } })
    .jpeg()
    .toBuffer();
  mkdirSync(join(folder, "many"));
  const names = Array.from({ length: 400 }, (_, i) => `many/${i}.jpg`);
  names.forEach((name, i) => {
    writeFileSync(join(folder, name), Buffer.concat([jpeg, Buffer.from(String(i))]));
  });
  await expect
    .poll(async () => (await engine.api.folders()).find(({ folder: name }) => name === "many")?.photos, {
      timeout: 45_000,
    })
    .toBe(400);
  const { photos } = await engine.api.browse(EVERYTHING);
  expect(new Set(photos).size).toBe(402);
});

// guarantee: watched
test("folders that arrive one after another are all found, even while the watch is renewed", async () => {
  const { folder, names } = await watched();
  const jpeg = readFileSync(join(folder, "a.jpg"));
  const expected = ["a.jpg", "sub/b.jpg"];
  for (let i = 0; i < 150; i++) {
    const name = `card/${i}`;
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "p.jpg"), Buffer.concat([jpeg, Buffer.from(String(i))]));
    expected.push(`${name}/p.jpg`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await settles(names, expected.sort());
});

// guarantee: watched
test.for([1, 2])(
  "after any changes to the folder, the library shows what is in it (seed %i)",
  { timeout: 90_000 },
  async (seed) => {
    const { folder, names } = await watched();
    const draw = random(seed);
    const pick = <T>(all: T[]): T => all[Math.floor(draw() * all.length)];
    const jpeg = readFileSync(join(folder, "a.jpg"));
    const below = (what: "files" | "folders") =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => (what === "files" ? entry.isFile() : entry.isDirectory()))
        .map((entry) => join(entry.parentPath, entry.name));
    let made = 0;
    const photo = () => Buffer.concat([jpeg, Buffer.from(`${seed} ${made++}`)]);
    const anyFolder = () => pick([folder, ...below("folders")]);
    const edits = [
      () => {
        writeFileSync(join(anyFolder(), `${made}.jpg`), photo());
      },
      () => {
        const at = join(anyFolder(), `f${made}`, `g${made}`);
        mkdirSync(at, { recursive: true });
        writeFileSync(join(at, "..", `${made}.jpg`), photo());
        writeFileSync(join(at, `${made}.jpg`), photo());
      },
      () => {
        const files = below("files");
        if (files.length > 0) renameSync(pick(files), join(anyFolder(), `${made++}.jpg`));
      },
      () => {
        const from = anyFolder();
        const to = join(folder, `h${made++}`);
        if (from !== folder) renameSync(from, to);
      },
      () => {
        const files = below("files");
        if (files.length > 3) rmSync(pick(files));
      },
      () => {
        const at = anyFolder();
        if (at !== folder && draw() < 0.3) rmSync(at, { recursive: true });
      },
      () => {
        const files = below("files");
        if (files.length > 0) writeFileSync(pick(files), photo());
      },
    ];
    for (let i = 0; i < 80; i++) {
      pick(edits)();
      await new Promise((resolve) => setTimeout(resolve, Math.floor(draw() * 120)));
    }
    await settles(
      names,
      below("files")
        .map((file) => relative(folder, file).split(sep).join("/"))
        .sort((x, y) => (x < y ? -1 : 1)),
    );
  },
);

// guarantee: watched
test("a file is read once it is no longer being written", async () => {
  const { engine, folder, names } = await watched();
  await paint(join(folder, "../large.jpg"), 5, 300, 300);
  const bytes = readFileSync(join(folder, "../large.jpg"));
  const seen: { photo: PhotoId; error: unknown }[] = [];
  for (let from = 0; from < bytes.length; from += Math.ceil(bytes.length / 12)) {
    appendFileSync(join(folder, "grows.jpg"), bytes.subarray(from, from + Math.ceil(bytes.length / 12)));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await settles(names, ["a.jpg", "grows.jpg", "sub/b.jpg"]);
  await engine.idle();
  for (const { changed } of engine.of("photos"))
    for (const photo of changed ?? []) seen.push({ photo, error: (await engine.api.photo({ photo })).error });
  expect(seen.filter(({ error }) => error !== null)).toEqual([]);
  expect(new Set(seen.map(({ photo }) => photo)).size).toBe(3); // no half of it became a separate photo
});

// guarantee: offline-not-deleted
test("a folder that disappears and comes back loses nothing, and is watched again", async () => {
  const { engine, folder, names } = await watched();
  renameSync(folder, `${folder}-away`);
  await engine.until("library", ({ notices }) => notices.some((notice) => notice.includes("isn’t available")));
  expect(await names()).toEqual(["a.jpg", "sub/b.jpg"]);
  renameSync(`${folder}-away`, folder);
  await expect.poll(async () => (await engine.api.library())!.notices, { timeout: 30_000 }).toEqual([]);
  copyFileSync(join(folder, "a.jpg"), join(folder, "copy.jpg"));
  await settles(names, ["a.jpg", "copy.jpg", "sub/b.jpg"]);
});

test("excluded folders and files that are not photos trigger no scan; when the watch is off, nothing does until it is on again", async () => {
  const { engine, folder, names } = await watched();
  const looks = async () => (await engine.api.jobs()).filter(({ kind }) => kind === "scan").length;
  await engine.api.changeSettings({ excludedFolders: ["sub"] });
  await engine.idle();
  const before = await looks();
  await paint(join(folder, "sub/hidden.jpg"), 8);
  writeFileSync(join(folder, "a.jpg.pp3"), "<x/>");
  await paint(join(folder, "seen.jpg"), 9);
  await settles(names, ["a.jpg", "seen.jpg"]);
  expect(await looks()).toBe(before + 1);

  await engine.api.changeSettings({ watchFolder: false });
  await paint(join(folder, "unseen.jpg"), 10);
  await engine.api.changeSettings({ watchFolder: true });
  await paint(join(folder, "later.jpg"), 11);
  await settles(names, ["a.jpg", "later.jpg", "seen.jpg", "unseen.jpg"]);
});
