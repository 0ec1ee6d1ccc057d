import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { extensionOf, isOriginalName } from "../../src-main/base/original-names";
import type { OwnFormat } from "../../src-main/base/refuse-target";
import { tryTarget, writeAtomic, writeAtomicSync } from "../../src-main/base/write-file";
import { LABEL_TABLE } from "../../src-main/exchange/label-tables";
import { isPhotoFile, isVideo } from "../../src-main/images/photo-files";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { stateOf } from "../fixtures/folder-state";
import { OWN_FILES, writeForeign } from "../fixtures/own-files";
import { temporaryFolder } from "../fixtures/photo-folder";

const CHILD = new URL("../fixtures/write-table.ts", import.meta.url).pathname;
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;
const NODE = ["--no-warnings", "--experimental-transform-types", "--import", RESOLVE, CHILD];

const HEADER = "path,label,score,source,model\r\n";
const targetOf = (home: string, file: string, format: OwnFormat = LABEL_TABLE, overwrite = true) => ({
  home,
  file,
  format,
  overwrite,
});

/** What a program may be told to write to, by mistake. Each is put into a folder, and must stay as it is. */
const ORIGINALS: [string, (folder: string) => string, code: string][] = [
  ["a photo", (folder) => put(folder, "p3.jpg", "a photo"), "takes-photo"],
  ["a hidden photo", (folder) => put(folder, ".hidden.jpg", "a photo"), "takes-photo"],
  ["a hidden file with nothing but an extension", (folder) => put(folder, ".jpg", "a photo"), "takes-photo"],
  ["a photo in capitals with a dot behind", (folder) => put(folder, "P1.JPG.", "a photo"), "takes-photo"],
  ["a RAW file", (folder) => put(folder, "p.CR3", "a RAW file"), "takes-photo"],
  ["a RAW file that Semblance can't read", (folder) => put(folder, "p.pef", "a RAW file"), "takes-photo"],
  ["a film", (folder) => put(folder, "clip.mov", "a film"), "takes-photo"],
  ["another film", (folder) => put(folder, "clip.mp4", "a film"), "takes-photo"],
  ["an empty photo", (folder) => put(folder, "empty.jpg", ""), "takes-photo"],
  ["digiKam's sidecar", (folder) => put(folder, "p2.jpg.xmp", '<?xpacket begin=""?><x:xmpmeta/>'), "takes-photo"],
  ["Lightroom's sidecar", (folder) => put(folder, "p2.xmp", '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'), "takes-photo"],
  ["Apple's sidecar", (folder) => put(folder, "IMG_1.AAE", "<plist/>"), "takes-photo"],
  ["a photo without an extension", (folder) => put(folder, "scan", "\xff\xd8\xff"), "bad-output"],
  ["a text", (folder) => put(folder, "diary.txt", "dear diary"), "bad-output"],
  [
    "a link to a photo",
    (folder) => {
      symlinkSync(put(folder, "p.jpg", "a photo"), join(folder, "link.csv"));
      return join(folder, "link.csv");
    },
    "bad-output",
  ],
  [
    "a broken link",
    (folder) => {
      symlinkSync(join(folder, "nothing"), join(folder, "link.csv"));
      return join(folder, "link.csv");
    },
    "bad-output",
  ],
  [
    "a hard link of a photo",
    (folder) => {
      linkSync(put(folder, "p.jpg", "a photo"), join(folder, "hard.csv"));
      return join(folder, "hard.csv");
    },
    "bad-output",
  ],
  [
    "a hard link of an export",
    (folder) => {
      linkSync(put(folder, "mine.csv", HEADER), join(folder, "hard.csv"));
      return join(folder, "hard.csv");
    },
    "bad-output",
  ],
  [
    "a folder",
    (folder) => {
      mkdirSync(join(folder, "labels.csv"));
      return join(folder, "labels.csv");
    },
    "bad-output",
  ],
];

function put(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content, "latin1");
  return file;
}

describe.each(Object.entries(OWN_FILES))("%s", (_, own) => {
  const { format, name, write } = own;

  // guarantee: export-not-over-photos
  test.each(ORIGINALS)("never replaces %s", async (__, make, code) => {
    const [home, folder] = [temporaryFolder(), temporaryFolder()];
    const target = targetOf(home, make(folder), format);
    const before = stateOf(folder);
    expect(() => tryTarget(target)).toThrow(expect.objectContaining({ code }) as Error);
    await expect(writeAtomic(target, (handle) => handle.writeFile("new"))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(target.file) as string,
    });
    expect(() => writeAtomicSync(target, (path) => writeFileSync(path, "new"))).toThrow();
    expect(stateOf(folder)).toEqual(before);
  });

  // guarantee: export-not-over-photos
  test("never replaces a file of the same kind by another program", () => {
    const [home, folder] = [temporaryFolder(), temporaryFolder()];
    const target = targetOf(home, join(folder, name), format);
    writeForeign(own, target.file);
    const before = stateOf(folder);
    expect(() => writeAtomicSync(target, (path) => writeFileSync(path, "new"))).toThrow(
      expect.objectContaining({
        code: "bad-output",
        message: expect.stringContaining(`isn’t ${format.name}`) as string,
      }),
    );
    expect(stateOf(folder)).toEqual(before);
  });

  // guarantee: export-whole
  test("replaces its own only on request, and keeps its permissions", async () => {
    const [home, folder] = [temporaryFolder(), temporaryFolder()];
    const file = join(folder, name);
    await write(file);
    chmodSync(file, 0o640);
    const before = readFileSync(file);
    await expect(
      writeAtomic(targetOf(home, file, format, false), (handle) => handle.writeFile("new")),
    ).rejects.toMatchObject({ code: "file-exists" });
    expect(readFileSync(file)).toEqual(before);
    await writeAtomic(targetOf(home, file, format), (handle) => handle.writeFile("new"));
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new", 0o640]);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test("is not taken for any other format", async () => {
    const file = join(temporaryFolder(), name);
    await write(file);
    const head = readFileSync(file).subarray(0, 1 << 16);
    const known = new Set(Object.values(OWN_FILES).map((other) => other.format));
    expect([...known].filter((other) => other.isOurs(head, file))).toEqual([format]);
  });
});

test("every name of a photo or film that Semblance reads is that of an original", () => {
  for (const extension of ["jpg", "heic", "dng", "rw2", "mov", "mp4"]) {
    expect(isPhotoFile(`a.${extension}`) || isVideo(`a.${extension}`)).toBe(true);
    expect([`a.${extension}`, `.a.${extension}`, `.${extension}`].map(isOriginalName)).toEqual([true, true, true]);
  }
  expect(["labels.csv", "a.jpg.csv", ".csv", "jpg", "words"].map(isOriginalName)).toEqual(Array(5).fill(false));
  expect(extensionOf(".jpg")).toBe("");
});

// guarantee: export-not-over-photos
test("writes nothing in the data folder, however it is reached", () => {
  const [home, folder, elsewhere] = [join(temporaryFolder(), "Data"), temporaryFolder(), temporaryFolder()];
  mkdirSync(home);
  const store = openStore({ home, folder });
  const inside = libraryDirectory(home, folder);
  writeFileSync(join(inside, "mine.csv"), HEADER);
  symlinkSync(inside, join(elsewhere, "link"));
  mkdirSync(join(elsewhere, "deep"));
  const before = stateOf(home);
  for (const file of [
    join(inside, "library.db"),
    join(inside, "cache.db"),
    join(inside, "mine.csv"),
    join(inside, "new.csv"),
    join(home, "new.csv"),
    join(elsewhere, "link", "library.db"),
    join(elsewhere, "link", "new.csv"),
    `${elsewhere}/deep/../link/library.db`,
    `${home}/libraries/../recent.json`,
  ])
    expect(() => writeAtomicSync(targetOf(home, file), () => undefined), file).toThrow(
      expect.objectContaining({
        code: "bad-output",
        message: expect.stringContaining("keeps its libraries") as string,
      }),
    );
  closeStore(store);
  expect(Object.keys(stateOf(home)).filter((path) => !(path in before) && path.endsWith(".csv"))).toEqual([]);
  expect(readFileSync(join(inside, "mine.csv"), "utf8")).toBe(HEADER);
});

// guarantee: export-not-over-photos
test("refuses pipes and devices", (context) => {
  if (process.platform === "win32") context.skip("Windows has no named pipes in folders");
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  execFileSync("mkfifo", [join(folder, "pipe.csv")]);
  for (const file of [join(folder, "pipe.csv"), "/dev/null", "/dev/full"])
    expect(() => tryTarget(targetOf(home, file)), file).toThrow("a device or a pipe");
  expect(lstatSync(join(folder, "pipe.csv")).isFIFO()).toBe(true);
});

// guarantee: export-not-over-photos
test("checks again before the rename: what appeared meanwhile stays", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, "labels.csv");
  await expect(
    writeAtomic(targetOf(home, file), async (handle) => {
      await handle.writeFile("new");
      writeFileSync(file, "somebody else's");
    }),
  ).rejects.toMatchObject({ code: "bad-output" });
  expect(readFileSync(file, "utf8")).toBe("somebody else's");
  expect(readdirSync(folder)).toEqual(["labels.csv"]);
});

// guarantee: export-whole
test("leaves an existing file and no temporary one if the work fails", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, "labels.csv");
  writeFileSync(file, HEADER);
  await expect(
    writeAtomic(targetOf(home, file), async (handle) => {
      await handle.writeFile("half");
      throw new Error("power cut");
    }),
  ).rejects.toThrow("power cut");
  expect(readFileSync(file, "utf8")).toBe(HEADER);
  expect([readdirSync(folder), readdirSync(join(home, "unfinished"))]).toEqual([["labels.csv"], []]);
});

test("says which folder is missing, and what a closed folder refuses", (context) => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  expect(() => tryTarget(targetOf(home, join(folder, "none", "labels.csv")))).toThrow(
    expect.objectContaining({ code: "no-folder", message: expect.stringContaining(join(folder, "none")) as string }),
  );
  expect(() => tryTarget(targetOf(home, join(put(folder, "file", ""), "labels.csv")))).toThrow("There is no folder");
  expect(() => tryTarget(targetOf(home, join(folder, "labels.csv")), 1e18)).toThrow(/it takes .* MB, and the disk has/);
  expect(readdirSync(folder)).toEqual(["file"]);
  if (process.getuid?.() === 0) context.skip("root may write everywhere");
  chmodSync(folder, 0o500);
  expect(() => tryTarget(targetOf(home, join(folder, "labels.csv")))).toThrow("you may not write there");
  chmodSync(folder, 0o700);
});

/** Starts a process that writes many rows with this letter as the label. */
function writing(home: string, file: string, letter: string, rows: number) {
  const child = spawn(process.execPath, [...NODE, home, file, letter, String(rows)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { begun: once(child.stdout, "data"), ended: once(child, "close") };
}

// guarantee: export-whole
test("of two processes that write one file at once, one wins, and its file is whole", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, "labels.csv");
  const rows = 20_000;
  const both = ["a", "b"].map((letter) => writing(home, file, letter, rows));
  await Promise.all(both.map(({ begun }) => begun));
  expect(new Set(readdirSync(folder)).size).toBe(2); // two temporary names
  const ended = await Promise.all(both.map(({ ended }) => ended));
  expect(ended.map(([code]) => code as number)).toEqual([0, 0]);
  const lines = readFileSync(file, "utf8").split("\r\n").slice(1, -1);
  expect(lines).toHaveLength(rows);
  expect(new Set(lines).size).toBe(1);
  expect([readdirSync(folder), readdirSync(join(home, "unfinished"))]).toEqual([["labels.csv"], []]);
}, 60_000);

// guarantee: export-whole
test("two calls of one process for one file don't share a temporary name", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, "labels.csv");
  const write = (letter: string) =>
    writeAtomic(targetOf(home, file), async (handle) => {
      await handle.writeFile(HEADER);
      for (let i = 0; i < 50; i++) await handle.writeFile(`x.jpg,${letter},1,added,\r\n`);
    });
  await Promise.all([write("a"), write("b")]);
  const lines = readFileSync(file, "utf8").split("\r\n").slice(1, -1);
  expect([lines.length, new Set(lines).size]).toEqual([50, 1]);
  expect(readdirSync(folder)).toEqual(["labels.csv"]);
});

const bash = spawnSync("bash", ["-c", "ulimit -f 8"]).status === 0;

// guarantee: export-whole
test("a file that the system lets grow no further is deleted, and the earlier export stays", (context) => {
  if (!bash) context.skip("bash with ulimit is missing");
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = join(folder, "labels.csv");
  writeFileSync(file, HEADER);
  const { status, stderr } = spawnSync(
    "bash",
    ["-c", 'ulimit -f 64; exec "$@"', "bash", process.execPath, ...NODE, home, file, "a", "20000"],
    { encoding: "utf8" },
  );
  expect(stderr).toContain(`cannot-write Couldn’t write ${file}: the file would be larger than the system allows`);
  expect(status).toBe(1);
  expect(readFileSync(file, "utf8")).toBe(HEADER);
  expect([readdirSync(folder), readdirSync(join(home, "unfinished"))]).toEqual([["labels.csv"], []]);
});

/** A file system of 256 KB, for those who may mount one. */
function smallDisk(): string | null {
  const disk = temporaryFolder();
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0;
  return mounted ? disk : null;
}

// guarantee: export-whole
test("a full disk is noticed before the work and during it, and keeps the earlier export", async (context) => {
  const disk = smallDisk();
  if (disk === null) context.skip("mounting a small file system needs root");
  try {
    const home = temporaryFolder();
    const file = join(disk!, "labels.csv");
    writeFileSync(file, HEADER);
    await expect(
      writeAtomic(targetOf(home, file), (handle) => handle.writeFile(Buffer.alloc(1e6))),
    ).rejects.toMatchObject({ code: "cannot-write", message: `Couldn’t write ${file}: the disk is full (ENOSPC).` });
    expect(readdirSync(disk!)).toEqual(["labels.csv"]);
    const filler = openSync(join(disk!, "filler"), "w");
    expect(() => {
      for (;;) writeFileSync(filler, Buffer.alloc(4096));
    }).toThrow("ENOSPC");
    closeSync(filler);
    expect(() => tryTarget(targetOf(home, join(disk!, "new.csv")))).toThrow("the disk is full");
    expect(readdirSync(disk!).sort()).toEqual(["filler", "labels.csv"]);
    expect(readFileSync(file, "utf8")).toBe(HEADER);
  } finally {
    spawnSync("umount", [disk!]);
  }
});

test("a note that another process removes meanwhile is no error, and an empty file may be replaced", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  const file = put(folder, "labels.csv", "");
  await writeAtomic(targetOf(home, file), (handle) => handle.writeFile(HEADER));
  expect([basename(dirname(file)), existsSync(file), readFileSync(file, "utf8")]).toEqual([
    basename(folder),
    true,
    HEADER,
  ]);
});
