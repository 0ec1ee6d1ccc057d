import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type ColouredPhotos, colouredPhotos } from "../fixtures/coloured-photos";
import { jsonLines, semblance } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";

let photos: ColouredPhotos;
beforeAll(async () => {
  photos = await colouredPhotos(3);
  expect(await semblance(photos.home, ["tag", photos.folder, "--pack", photos.pack])).toMatchObject({ code: 0 });
  return photos.remove;
});

function library(): string {
  const home = temporaryFolder();
  cpSync(photos.home, home, { recursive: true });
  return home;
}

describe("an empty argument or option is refused", () => {
  test.each([
    ["tag", [""]],
    ["search", ["", "dog"]],
    ["correct", ["", "x.csv"]],
    ["import", ["", "--from", "xmp"]],
    ["retrain", [""]],
    ["models", [""]],
    ["export", ["", "--csv", "-"]],
    ["copy", ["", "--to", "x.semblance"]],
    ["open-copy", ["x.semblance", ""]],
    ["restore", [""]],
    ["status", [""]],
    ["serve", [""]],
    ["open", [""]],
    ["evaluate", [""]],
    ["project", ["train", ""]],
    ["visual", ["train", "", "--out", "x"]],
    ["words", ["train", "", "--out", "x"]],
    ["tag", [".", "--csv", ""]],
    ["export", [".", "--folders", ""]],
    ["words", ["import", "x", "--out", ""]],
  ])("%s %j", async (command, args) => {
    // where the empty path would lead to
    const cwd = temporaryFolder();
    const home = temporaryFolder();
    const { code, stdout, stderr } = await semblance(home, [command, ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: (argument|option) '.*' is empty$/m);
    expect([...readdirSync(cwd), ...readdirSync(home)]).toEqual([]);
  });
});

describe("names with escape sequences and line breaks", () => {
  const NAME = "\u001b[31mred\nsecond line\u202e.jpg";
  const SHOWN = "\\e[31mred\\nsecond line\\u{202e}.jpg";

  test("are escaped for people, and exact for programs", async ({ skip }) => {
    if (process.platform === "win32") return skip("Windows has no such names");
    const [folder, home] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(folder, NAME), "no picture at all");
    const { code, stdout, stderr } = await semblance(home, ["tag", folder, "--pack", photos.pack]);
    expect(code).toBe(1);
    expect(stderr).toContain(`  ${SHOWN}: `);
    expect(stderr).not.toContain("\u001b");
    expect(stderr.trimEnd().split("\n")).toHaveLength(2);
    expect(jsonLines<{ path: string }>(stdout).map(({ path }) => path)).toEqual([NAME]);
  });

  test("are escaped in errors about folders, files and commands", async ({ skip }) => {
    if (process.platform === "win32") return skip("Windows has no such names");
    for (const args of [
      ["tag", `/nowhere/${NAME}`],
      ["correct", photos.folder, `/nowhere/${NAME}`],
      ["status", join(photos.folder, NAME)],
      ["tag", photos.folder, `--top=${NAME}`],
      [NAME, "second argument"],
    ]) {
      const { code, stderr } = await semblance(library(), args);
      expect(code).toBe(2);
      for (const character of ["\u001b", "\u202e"]) expect(stderr).not.toContain(character);
    }
  });
});

describe("input that is no file is refused before it is opened", () => {
  const FILES: [string, (file: string) => string[]][] = [
    ["correct", (file) => ["correct", photos.folder, file]],
    ...["csv", "jsonl", "coco", "labeller"].map((from): [string, (file: string) => string[]] => [
      `import --from ${from}`,
      (file) => ["import", photos.folder, "--from", from, file],
    ]),
    ["tag --labels", (file) => ["tag", photos.folder, "--labels", file]],
    ["tag --words", (file) => ["tag", photos.folder, "--words", file]],
    ["open-copy", (file) => ["open-copy", file, temporaryFolder()]],
    ["evaluate", (file) => ["evaluate", file]],
    ["evaluate --synsets", (file) => ["evaluate", photos.folder, "--pack", photos.pack, "--synsets", file]],
    ["words train", (file) => ["words", "train", file, "--out", join(temporaryFolder(), "x.bin")]],
    ["words import", (file) => ["words", "import", file, "--out", join(temporaryFolder(), "x.bin")]],
    ["words near", (file) => ["words", "near", file, "dog"]],
    [
      "visual train --multi-label",
      (file) => ["visual", "train", file, "--multi-label", "--out", join(temporaryFolder(), "x")],
    ],
  ];

  test.each(FILES)("%s", async (_, args) => {
    const pipe = join(mkdtempSync(join(temporaryFolder(), "pipe-")), "pipe.csv");
    const kinds = [pipe, "/dev/zero"];
    if (spawnSync("mkfifo", [pipe]).status !== 0) kinds.shift(); // no such system call on Windows
    for (const file of kinds.filter((kind) => kind === pipe || process.platform !== "win32")) {
      const { code, stderr } = await semblance(library(), args(file));
      expect({ code, stderr }, file).toMatchObject({ code: 2, stderr: expect.stringContaining(file) as string });
    }
  });

  test("a folder instead of a file of verdicts", async () => {
    const folder = temporaryFolder();
    expect(await semblance(library(), ["correct", photos.folder, folder])).toMatchObject({
      code: 2,
      stderr: `semblance: ${folder} is a folder, not a file.\n`,
    });
  });
});

test("a CSV with the line ends of an old Mac is read, with its line numbers", async () => {
  const file = join(temporaryFolder(), "mac.csv");
  writeFileSync(file, 'path,label,verdict\r0.jpg,"my, label",accept\r1.jpg,x,perhaps\r2.jpg,y,reject\r');
  const { code, stdout, stderr } = await semblance(library(), ["correct", photos.folder, file]);
  expect(stdout).toBe("2 verdicts applied, 1 line skipped\n");
  expect(stderr).toMatch(/^ {2}line 3: .*“perhaps”.*\n$/);
  expect(code).toBe(1);
  expect((await semblance(library(), ["import", photos.folder, "--from", "csv", file])).stdout).toContain(
    "2 verdicts added on 2 photos",
  );
});
