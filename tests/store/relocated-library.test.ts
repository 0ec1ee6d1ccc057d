import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { libraryDirectory, recentLibraries } from "../../src-main/store/home";
import { copyLibrary, copyToPreviousFolder, openCopy } from "../../src-main/store/library-copy";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

async function scanned(place: { home: string; folder: string }): Promise<Store> {
  const store = openStore(place);
  onTestFinished(() => closeStore(store));
  for await (const _ of scan(store));
  return store;
}

/** A closed library of a folder of three photos, two of them with verdicts. */
async function judgedFolder(): Promise<{ home: string; folder: string; above: string }> {
  const [home, above] = [temporaryFolder(), temporaryFolder()];
  const folder = join(above, "Pictures");
  for (const seed of [1, 2, 3]) await paint(join(folder, "garden", `${seed}.png`), seed);
  const store = await scanned({ home, folder });
  annotate(store, { photos: photosOf(store).slice(0, 2), label: "own:Rex", verdict: "accept", name: "Rex" });
  closeStore(store);
  return { home, folder, above };
}

const photosOf = (store: Store): number[] =>
  store.db
    .prepare<[], { id: number }>("SELECT id FROM photo ORDER BY id")
    .all()
    .map(({ id }) => id);

// guarantee: relocated
test("a moved folder gets its library and verdicts back without reading a photo again", async () => {
  const { home, folder, above } = await judgedFolder();
  const moved = join(above, "Elsewhere", "Photos of ours");
  mkdirSync(join(above, "Elsewhere"));
  renameSync(folder, moved);

  const store = await scanned({ home, folder: moved });
  expect(store.movedFrom).toBe(folder);
  expect(currentAnnotations(store)).toHaveLength(2);
  expect(photosOf(store)).toHaveLength(3);
  expect(recentLibraries(home).map((recent) => recent.folder)).toEqual([moved]);
  expect(readdirSync(join(home, "libraries"))).toHaveLength(1);
  closeStore(store);
  expect((await scanned({ home, folder: moved })).movedFrom).toBeNull();
});

// guarantee: relocated
test("a copied or different folder gets its own library while the original exists or doesn't match", async () => {
  const { home, folder, above } = await judgedFolder();
  const copy = join(above, "Copy");
  cpSync(folder, copy, { recursive: true });
  expect(currentAnnotations(await scanned({ home, folder: copy }))).toHaveLength(0);

  rmSync(folder, { recursive: true });
  const other = join(above, "Other");
  await paint(join(other, "garden", "1.png"), 9, 300, 200); // the same name, another size
  const store = await scanned({ home, folder: other });
  expect(store.movedFrom).toBeNull();
  expect(currentAnnotations(store)).toHaveLength(0);
});

test("a copy that adopted the library of an offline drive's folder can give one back, and the two then develop separately", async () => {
  const { home, folder, above } = await judgedFolder();
  const [copy, away] = [join(above, "Copy"), join(above, "away")];
  cpSync(folder, copy, { recursive: true });
  renameSync(folder, away);
  const store = await scanned({ home, folder: copy });
  expect(store.movedFrom).toBe(folder);
  copyToPreviousFolder(store);
  expect(store.movedFrom).toBeNull();
  expect(() => copyToPreviousFolder(store)).toThrow(expect.objectContaining({ code: "not-moved" }) as Error);
  annotate(store, { photos: photosOf(store), label: "own:copied", verdict: "accept", name: "copied" });
  closeStore(store);
  expect(recentLibraries(home).map((recent) => recent.folder)).toEqual(expect.arrayContaining([copy, folder]));

  renameSync(away, folder);
  const first = await scanned({ home, folder });
  expect(first.movedFrom).toBeNull();
  expect(currentAnnotations(first)).toHaveLength(2);
  expect(currentAnnotations(await scanned({ home, folder: copy }))).toHaveLength(5);
});

test("if two libraries match a folder, the one last written to is adopted", async () => {
  const { home, folder, above } = await judgedFolder();
  const [copy, moved] = [join(above, "Copy"), join(above, "Moved")];
  cpSync(folder, copy, { recursive: true });
  renameSync(folder, join(above, "away"));
  const store = await scanned({ home, folder: copy });
  copyToPreviousFolder(store);
  await new Promise((resolve) => setTimeout(resolve, 20)); // file times have a limited resolution
  annotate(store, { photos: photosOf(store), label: "own:later", verdict: "accept", name: "later" });
  closeStore(store);
  renameSync(copy, moved);
  const found = await scanned({ home, folder: moved });
  expect(found.movedFrom).toBe(copy);
  expect(currentAnnotations(found)).toHaveLength(5);
});

// guarantee: one-process
test("a library that is open elsewhere is not adopted", async () => {
  const { home, folder, above } = await judgedFolder();
  const open = openStore({ home, folder });
  const moved = join(above, "Moved");
  renameSync(folder, moved);
  const store = await scanned({ home, folder: moved });
  expect(store.movedFrom).toBeNull();
  closeStore(open);
  expect(existsSync(libraryDirectory(home, folder))).toBe(true);
});

// guarantee: relocated
test("a library copy opens on another computer with its verdicts, and the existing library is set aside", async () => {
  const { home, folder } = await judgedFolder();
  const file = join(temporaryFolder(), "Pictures.semblance");
  const store = await scanned({ home, folder });
  expect(copyLibrary(store, file, false)).toEqual({ file, verdicts: 2 });
  expect(() => copyLibrary(store, file, false)).toThrow(expect.objectContaining({ code: "file-exists" }) as Error);
  expect(() => copyLibrary(store, `${file}.jpg`, true)).toThrow(
    expect.objectContaining({ code: "not-a-copy" }) as Error,
  );
  copyLibrary(store, file, true);

  const there = { home: temporaryFolder(), folder: join(temporaryFolder(), "Bilder") };
  cpSync(folder, there.folder, { recursive: true });
  expect(openCopy({ ...there, file, replace: false })).toEqual({ aside: null });
  const opened = await scanned(there);
  expect(currentAnnotations(opened)).toHaveLength(2);
  expect(photosOf(opened)).toHaveLength(3);
  annotate(opened, { photos: photosOf(opened), label: "own:garden", verdict: "accept", name: "garden" });

  expect(() => openCopy({ ...there, file, replace: false })).toThrow(
    expect.objectContaining({ code: "library-exists" }) as Error,
  );
  expect(() => openCopy({ ...there, file, replace: true })).toThrow(
    expect.objectContaining({ code: "library-locked" }) as Error,
  );
  closeStore(opened);
  const { aside } = openCopy({ ...there, file, replace: true });
  const earlier = new Database(join(aside!, "library.db"), { readonly: true });
  expect(earlier.prepare("SELECT count(*) AS n FROM standing").get()).toEqual({ n: 5 });
  earlier.close();
  expect(currentAnnotations(await scanned(there))).toHaveLength(2);
});

// guarantee: relocated
test("a file that is not a library, a damaged one and a newer one are refused, and nothing changes", async () => {
  const { home, folder } = await judgedFolder();
  const store = await scanned({ home, folder });
  const good = copyLibrary(store, join(temporaryFolder(), "good.semblance"), false).file;
  const elsewhere = temporaryFolder();
  const there = { home: temporaryFolder(), folder: elsewhere, replace: false };
  const write = (name: string, bytes: Buffer): string => {
    const file = join(elsewhere, name);
    writeFileSync(file, bytes);
    return file;
  };
  const code = (file: string): string => {
    try {
      openCopy({ ...there, file });
      return "opened";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code(join(elsewhere, "nowhere.semblance"))).toBe("no-file");
  expect(code(write("text.semblance", Buffer.from("no database at all".repeat(100))))).toBe("not-a-library");
  expect(code(write("empty.semblance", Buffer.alloc(0)))).toBe("not-a-library");
  const damaged = readFileSync(good);
  damaged.fill(0xaa, 4096, 12_288);
  expect(code(write("damaged.semblance", damaged))).toBe("not-a-library");
  const newer = write("newer.semblance", readFileSync(good));
  const db = new Database(newer);
  db.pragma("user_version = 999");
  db.close();
  expect(code(newer)).toBe("library-newer");
  expect(existsSync(libraryDirectory(there.home, elsewhere))).toBe(false);
});
