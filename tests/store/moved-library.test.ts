import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { scan } from "../../src-main/folder/scan";
import { closeLibrary, type Library, openLibrary } from "../../src-main/store/database";
import { libraryDirectory, recentLibraries } from "../../src-main/store/home";
import { copyLibrary, keepForFormer, openCopy } from "../../src-main/store/library-copy";
import { judge, standingVerdicts } from "../../src-main/store/verdicts";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

async function scanned(place: { home: string; folder: string }): Promise<Library> {
  const library = openLibrary(place);
  onTestFinished(() => closeLibrary(library));
  for await (const _ of scan(library));
  return library;
}

/** A folder of three photos, the first two of them judged; closed again. */
async function judgedFolder(): Promise<{ home: string; folder: string; above: string }> {
  const [home, above] = [temporaryFolder(), temporaryFolder()];
  const folder = join(above, "Pictures");
  for (const seed of [1, 2, 3]) await paint(join(folder, "garden", `${seed}.png`), seed);
  const library = await scanned({ home, folder });
  judge(library, { photos: photosOf(library).slice(0, 2), label: "own:Rex", verdict: "accept", name: "Rex" });
  closeLibrary(library);
  return { home, folder, above };
}

const photosOf = (library: Library): number[] =>
  library.db
    .prepare<[], { id: number }>("SELECT id FROM photo ORDER BY id")
    .all()
    .map(({ id }) => id);

// guarantee: relocated
test("a folder that was moved is found again with its verdicts, without a photo being looked at anew", async () => {
  const { home, folder, above } = await judgedFolder();
  const moved = join(above, "Elsewhere", "Photos of ours");
  mkdirSync(join(above, "Elsewhere"));
  renameSync(folder, moved);

  const library = await scanned({ home, folder: moved });
  expect(library.movedFrom).toBe(folder);
  expect(standingVerdicts(library)).toHaveLength(2);
  expect(photosOf(library)).toHaveLength(3);
  expect(recentLibraries(home).map((recent) => recent.folder)).toEqual([moved]);
  expect(readdirSync(join(home, "libraries"))).toHaveLength(1);
  closeLibrary(library);
  expect((await scanned({ home, folder: moved })).movedFrom).toBeNull();
});

// guarantee: relocated
test("a copy of a folder, or another folder, gets a library of its own while the first is there or does not fit", async () => {
  const { home, folder, above } = await judgedFolder();
  const copy = join(above, "Copy");
  cpSync(folder, copy, { recursive: true });
  expect(standingVerdicts(await scanned({ home, folder: copy }))).toHaveLength(0);

  rmSync(folder, { recursive: true });
  const other = join(above, "Other");
  await paint(join(other, "garden", "1.png"), 9, 300, 200); // the same name, another size
  const library = await scanned({ home, folder: other });
  expect(library.movedFrom).toBeNull();
  expect(standingVerdicts(library)).toHaveLength(0);
});

test("a copy that took over the library of a folder on a drive that was away gives it one too, and both go their own ways", async () => {
  const { home, folder, above } = await judgedFolder();
  const [copy, away] = [join(above, "Copy"), join(above, "away")];
  cpSync(folder, copy, { recursive: true });
  renameSync(folder, away);
  const library = await scanned({ home, folder: copy });
  expect(library.movedFrom).toBe(folder);
  keepForFormer(library);
  expect(library.movedFrom).toBeNull();
  expect(() => keepForFormer(library)).toThrow(expect.objectContaining({ code: "not-moved" }) as Error);
  judge(library, { photos: photosOf(library), label: "own:copied", verdict: "accept", name: "copied" });
  closeLibrary(library);
  expect(recentLibraries(home).map((recent) => recent.folder)).toEqual(expect.arrayContaining([copy, folder]));

  renameSync(away, folder);
  const first = await scanned({ home, folder });
  expect(first.movedFrom).toBeNull();
  expect(standingVerdicts(first)).toHaveLength(2);
  expect(standingVerdicts(await scanned({ home, folder: copy }))).toHaveLength(5);
});

test("of two libraries that fit a folder, that which was written to last is found again", async () => {
  const { home, folder, above } = await judgedFolder();
  const [copy, moved] = [join(above, "Copy"), join(above, "Moved")];
  cpSync(folder, copy, { recursive: true });
  renameSync(folder, join(above, "away"));
  const library = await scanned({ home, folder: copy });
  keepForFormer(library);
  await new Promise((resolve) => setTimeout(resolve, 20)); // a file's time of writing has a tick
  judge(library, { photos: photosOf(library), label: "own:later", verdict: "accept", name: "later" });
  closeLibrary(library);
  renameSync(copy, moved);
  const found = await scanned({ home, folder: moved });
  expect(found.movedFrom).toBe(copy);
  expect(standingVerdicts(found)).toHaveLength(5);
});

// guarantee: one-process
test("a library that is open elsewhere is not taken over", async () => {
  const { home, folder, above } = await judgedFolder();
  const open = openLibrary({ home, folder });
  const moved = join(above, "Moved");
  renameSync(folder, moved);
  const library = await scanned({ home, folder: moved });
  expect(library.movedFrom).toBeNull();
  closeLibrary(open);
  expect(existsSync(libraryDirectory(home, folder))).toBe(true);
});

// guarantee: relocated
test("a copied library opens on another computer with its verdicts, and puts the one that is there aside", async () => {
  const { home, folder } = await judgedFolder();
  const file = join(temporaryFolder(), "Pictures.semblance");
  const library = await scanned({ home, folder });
  expect(copyLibrary(library, file, false)).toEqual({ file, verdicts: 2 });
  expect(() => copyLibrary(library, file, false)).toThrow(expect.objectContaining({ code: "file-exists" }) as Error);
  expect(() => copyLibrary(library, `${file}.jpg`, true)).toThrow(
    expect.objectContaining({ code: "not-a-copy" }) as Error,
  );
  copyLibrary(library, file, true);

  const there = { home: temporaryFolder(), folder: join(temporaryFolder(), "Bilder") };
  cpSync(folder, there.folder, { recursive: true });
  expect(openCopy({ ...there, file, replace: false })).toEqual({ aside: null });
  const opened = await scanned(there);
  expect(standingVerdicts(opened)).toHaveLength(2);
  expect(photosOf(opened)).toHaveLength(3);
  judge(opened, { photos: photosOf(opened), label: "own:garden", verdict: "accept", name: "garden" });

  expect(() => openCopy({ ...there, file, replace: false })).toThrow(
    expect.objectContaining({ code: "library-exists" }) as Error,
  );
  expect(() => openCopy({ ...there, file, replace: true })).toThrow(
    expect.objectContaining({ code: "library-locked" }) as Error,
  );
  closeLibrary(opened);
  const { aside } = openCopy({ ...there, file, replace: true });
  const earlier = new Database(join(aside!, "library.db"), { readonly: true });
  expect(earlier.prepare("SELECT count(*) AS n FROM standing").get()).toEqual({ n: 5 });
  earlier.close();
  expect(standingVerdicts(await scanned(there))).toHaveLength(2);
});

// guarantee: relocated
test("a file that is no library, a damaged one and a newer one are refused, and nothing changes", async () => {
  const { home, folder } = await judgedFolder();
  const library = await scanned({ home, folder });
  const good = copyLibrary(library, join(temporaryFolder(), "good.semblance"), false).file;
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
