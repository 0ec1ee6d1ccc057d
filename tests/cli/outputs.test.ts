import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { semblance, stateOf } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";

const LIGHTROOM = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>`;

/** A folder with a person's files, and a data folder with a library of it. */
function place(): { folder: string; home: string; vectors: string; library: string } {
  const [folder, home, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  for (const name of ["p1.mov", "p3.jpg", "p4.jpg", "p5.jpg", "clip.mp4", ".hidden.jpg", "RAW.NEF"])
    writeFileSync(join(folder, name), `the bytes of ${name}`);
  writeFileSync(join(folder, "p2.xmp"), LIGHTROOM);
  writeFileSync(join(folder, "p3.jpg.xmp"), LIGHTROOM);
  symlinkSync(join(folder, "p3.jpg"), join(folder, "link.csv"));
  writeFileSync(join(other, "vec.txt"), "dog 1 2\ncat 2 1\n");
  closeStore(openStore({ home, folder }));
  return { folder, home, vectors: join(other, "vec.txt"), library: join(libraryDirectory(home, folder), "library.db") };
}

type Place = ReturnType<typeof place>;
const COMMANDS: [string, (place: Place) => string[]][] = [
  ["words import over a photo", ({ folder, vectors }) => ["words", "import", vectors, "--out", join(folder, "p3.jpg")]],
  ["words train over a photo", ({ folder, vectors }) => ["words", "train", vectors, "--out", join(folder, "p4.jpg")]],
  ["evaluate over a photo", ({ folder }) => ["evaluate", folder, "--report", join(folder, "p5.jpg")]],
  ["export over a film", ({ folder }) => ["export", folder, "--csv", join(folder, "p1.mov")]],
  ["export over another film", ({ folder }) => ["export", folder, "--jsonl", join(folder, "clip.mp4"), "--overwrite"]],
  ["export over a sidecar", ({ folder }) => ["export", folder, "--csv", join(folder, "p2.xmp")]],
  ["export over a hidden photo", ({ folder }) => ["export", folder, "--csv", join(folder, ".hidden.jpg")]],
  ["export over a RAW file", ({ folder }) => ["export", folder, "--parquet", join(folder, "RAW.NEF")]],
  ["export over a link", ({ folder }) => ["export", folder, "--wide", join(folder, "link.csv")]],
  ["export over the library", ({ folder, library }) => ["export", folder, "--csv", library]],
  ["labeller over the library", ({ folder, library }) => ["export", folder, "--labeller", library]],
  ["words import over the library", ({ vectors, library }) => ["words", "import", vectors, "--out", library]],
  ["tag over another program's file", ({ folder, vectors }) => ["tag", folder, "--csv", vectors]],
  ["projection over the photos", ({ folder }) => ["project", "train", "--out", folder]],
  ["pack over the photos", ({ folder }) => ["visual", "train", folder, "--out", folder]],
];

describe.each(COMMANDS)("%s", (_, argsIn) => {
  // guarantee: export-not-over-photos
  test("is refused with the path, and changes nothing", { timeout: 120_000 }, async () => {
    const there = place();
    const args = argsIn(there);
    const target = args.includes("--overwrite") ? args.at(-2)! : args.at(-1)!;
    const [before, library] = [stateOf(there.folder), readFileSync(there.library)];
    const vectors = readFileSync(there.vectors, "utf8");
    const { code, stderr } = await semblance(there.home, args);
    expect(stderr).toContain(target);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([1, 2]).toContain(code);
    expect(stateOf(there.folder)).toEqual(before);
    expect(readFileSync(there.vectors, "utf8")).toBe(vectors);
    expect(readFileSync(there.library).subarray(0, 16)).toEqual(library.subarray(0, 16));
    expect(existsSync(join(there.library, "..", "cache.db"))).toBe(true);
  });
});

describe("long work", () => {
  function corpus(): string {
    const file = join(temporaryFolder(), "corpus.txt");
    writeFileSync(file, "the dog sees a cat and the cat sees a dog. ".repeat(200));
    return file;
  }

  /** A file system with no room left. */
  function fullDisk(): string {
    const folder = temporaryFolder();
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status).toBe(0);
    onTestFinished(() => void spawnSync("umount", [folder]));
    const filler = openSync(join(folder, "filler"), "w");
    expect(() => {
      for (;;) writeFileSync(filler, Buffer.alloc(4096));
    }).toThrow("ENOSPC");
    closeSync(filler);
    return folder;
  }

  const WORKS: [string, (out: string) => string[]][] = [
    ["words train", (out) => ["words", "train", corpus(), "--out", join(out, "words.bin"), "--epochs", "10000"]],
    ["project train", (out) => ["project", "train", "--steps", "1000000", "--out", join(out, "projection")]],
    ["evaluate", (out) => ["evaluate", temporaryFolder(), "--report", join(out, "report.html")]],
  ];

  // guarantee: export-whole
  test.skipIf(process.getuid?.() !== 0).each(WORKS)(
    "%s is refused at once if the disk is full (needs root)",
    { timeout: 120_000 },
    async (_, argsIn) => {
      const disk = fullDisk();
      const { code, stderr } = await semblance(temporaryFolder(), argsIn(disk));
      expect([code, stderr]).toEqual([1, expect.stringContaining("the disk is full")]);
      expect(readdirSync(disk)).toEqual(["filler"]);
    },
  );

  // guarantee: export-whole
  test.each(WORKS)("%s is refused at once below a file", { timeout: 120_000 }, async (_, argsIn) => {
    const place = temporaryFolder();
    writeFileSync(join(place, "file"), "");
    const { code, stderr } = await semblance(temporaryFolder(), argsIn(join(place, "file")));
    expect([1, 2]).toContain(code);
    expect(stderr).toMatch(/There is no folder|ENOTDIR/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(readdirSync(place)).toEqual(["file"]);
  });

  test("evaluate names the folder that its report needs", { timeout: 120_000 }, async () => {
    const place = temporaryFolder();
    mkdirSync(join(place, "photos"));
    const report = join(place, "none", "report.html");
    const { code, stderr } = await semblance(temporaryFolder(), [
      "evaluate",
      join(place, "photos"),
      "--report",
      report,
    ]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`There is no folder ${join(place, "none")}`)]);
  });
});
