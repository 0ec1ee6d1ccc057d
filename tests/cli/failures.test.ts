import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type ColouredPhotos, colouredPhotos, paintColour } from "../fixtures/coloured-photos";
import { inShell, type Ran, semblance } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";
import { closeDisk, NO_DISK, smallDisk } from "../fixtures/small-disk";
import { COLOURS } from "../fixtures/small-onnx";

const NOBODY = 65534;
const AS_NOBODY = ["setpriv", "--reuid", String(NOBODY), "--regid", String(NOBODY), "--clear-groups"];
const NO_USER = "only root can run a command as another user";
const canBeNobody = process.getuid?.() === 0 && spawnSync(AS_NOBODY[0], ["--version"]).status === 0;

let photos: ColouredPhotos;
/** A folder per colour. */
let dataset: string;
let copy: string;
beforeAll(async () => {
  photos = await colouredPhotos(3);
  dataset = join(photos.root, "dataset");
  for (const [i, { name }] of COLOURS.entries())
    for (const k of [0, 1]) await paintColour(join(dataset, name, `${k}.jpg`), name, 60 + 2 * i + k);
  expect(await semblance(photos.home, ["tag", photos.folder, "--pack", photos.pack])).toMatchObject({ code: 0 });
  copy = join(photos.root, "library.semblance");
  expect(await semblance(photos.home, ["copy", photos.folder, "--to", copy])).toMatchObject({ code: 0 });
  return photos.remove;
});

/** A copy of the data folder, for a test that may change it. */
function library(): string {
  const home = temporaryFolder();
  cpSync(photos.home, home, { recursive: true });
  return home;
}

/** A file system of a few megabytes without free space. */
function fullDisk(): string | null {
  const disk = smallDisk(1);
  if (disk === null) return null;
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, "ballast"), Buffer.alloc(bavail * bsize));
  return disk;
}

/** One sentence on standard error that contains all of `parts`, and no stack. */
function expectSentence({ code, stdout, stderr }: Ran, exitCode: number | number[], ...parts: string[]): void {
  const lines = stderr.trimEnd().split("\n");
  expect(lines.at(-1), stderr).toMatch(/^semblance: .*\.$/);
  for (const part of parts) expect(lines.at(-1)).toContain(part);
  expect(stderr).not.toMatch(/^ +at /m);
  expect([exitCode].flat()).toContain(code);
  expect(stdout).toBe("");
}

describe("ends with a sentence and a code", () => {
  test("a data folder below a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const home = join(file, "home");
    expectSentence(await semblance(home, ["tag", photos.folder]), 1, home, "ENOTDIR", "SEMBLANCE_HOME");
  });

  test("a port that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ran = await semblance(library(), ["serve", "--port", String(port)]);
    server.close();
    expectSentence(ran, 1, `Port ${port} is in use.`, "--port");
  });

  test("a port that only the administrator may use", async ({ skip }) => {
    if (!canBeNobody) return skip(NO_USER);
    const home = temporaryFolder();
    chownSync(home, NOBODY, NOBODY);
    expectSentence(await semblance(home, ["serve", "--port", "80"], { through: AS_NOBODY }), 1, "port 80", "EACCES");
  });

  test("a current folder that was deleted", async () => {
    const gone = join(temporaryFolder(), "gone");
    mkdirSync(gone);
    const ran = await semblance(library(), ["tag", "."], {
      cwd: temporaryFolder(),
      through: inShell('cd "$0" && rmdir "$0" && exec "$@"', gone),
    });
    expectSentence(ran, 2, "current folder");
  });

  test("a query of 5,000 brackets", async () => {
    const query = `${"(".repeat(5000)}dog${")".repeat(5000)}`;
    const ran = await semblance(library(), ["export", photos.folder, "--csv", "-", "--query", query]);
    expectSentence(ran, 2, "100 brackets");
    const negations = await semblance(library(), [
      "export",
      photos.folder,
      "--csv",
      "-",
      "--query",
      "NOT ".repeat(5000),
    ]);
    expectSentence(negations, 2, "100 brackets");
  });

  test("open-copy of a folder", async () => {
    const ran = await semblance(library(), ["open-copy", photos.folder, temporaryFolder()]);
    expectSentence(ran, 2, `${photos.folder} is a folder, not a file.`);
  });

  test("open-copy of a file that can't be read", async ({ skip }) => {
    if (!canBeNobody) return skip(NO_USER);
    const [home, folder] = [temporaryFolder(), temporaryFolder()];
    const secret = join(folder, "secret.semblance");
    cpSync(copy, secret);
    chmodSync(secret, 0o600);
    chownSync(home, NOBODY, NOBODY);
    chmodSync(folder, 0o755);
    const ran = await semblance(home, ["open-copy", secret, folder], { through: AS_NOBODY });
    expectSentence(ran, 1, secret, "permission denied (EACCES)");
  });

  test("open-copy in a data folder that is read-only", async ({ skip }) => {
    const disk = smallDisk(4);
    if (disk === null) return skip(NO_DISK);
    const home = join(disk, "home");
    mkdirSync(home);
    closeDisk(disk);
    const ran = await semblance(home, ["open-copy", copy, temporaryFolder()]);
    expectSentence(ran, 1, home, "SEMBLANCE_HOME");
  });

  test("project train into a folder that can't be made", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const out = join(file, "projection");
    const train = ["project", "train", dataset, "--pack", photos.pack, "--steps", "1", "--out", out];
    const ran = await semblance(library(), train);
    expectSentence(ran, [1, 2], out);
  });

  test("project train into a full disk", async ({ skip }) => {
    const disk = fullDisk();
    if (disk === null) return skip(NO_DISK);
    const train = [
      "project",
      "train",
      dataset,
      "--pack",
      photos.pack,
      "--steps",
      "1",
      "--out",
      join(disk, "projection"),
    ];
    expectSentence(await semblance(library(), train), 1, "ENOSPC");
  });

  test("words train into a full disk", async ({ skip }) => {
    const disk = fullDisk();
    if (disk === null) return skip(NO_DISK);
    const corpus = join(temporaryFolder(), "corpus.txt");
    writeFileSync(corpus, "the cat sat on the mat. ".repeat(200));
    const train = ["words", "train", corpus, "--out", join(disk, "words.bin"), "--epochs", "1", "--dimensions", "8"];
    expectSentence(await semblance(library(), train), 1, "ENOSPC");
  });

  test("evaluate --report into no folder", async () => {
    const report = join(temporaryFolder(), "none", "report.html");
    const evaluate = ["evaluate", dataset, "--pack", photos.pack, "--steps", "1", "--report", report];
    const ran = await semblance(library(), evaluate);
    expectSentence(ran, [1, 2], dirname(report), basename(report));
  });
});

describe("a file or an argument that can't be meant ends with 2", () => {
  const fileOf = (text: string, name: string) => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, text);
    return file;
  };
  test.each<[string, () => string[], string]>([
    ["a COCO file that isn't JSON", () => ["--from", "coco", fileOf("{", "coco.json")], "isn’t JSON"],
    ["a source without its file", () => ["--from", "csv"], "--from csv needs a file"],
    ["a file for a source without one", () => ["--from", "folders", "x.csv"], "leave out x.csv"],
  ])("%s", async (_, args, sentence) => {
    expectSentence(await semblance(library(), ["import", photos.folder, ...args()]), 2, sentence);
  });

  test("a library copy of another name", async () => {
    const to = join(temporaryFolder(), "copy.zip");
    expectSentence(await semblance(library(), ["copy", photos.folder, "--to", to]), 2, to, ".semblance");
  });

  test("a file that is no library copy", async () => {
    const file = fileOf("no library", "x.semblance");
    expectSentence(await semblance(library(), ["open-copy", file, temporaryFolder()]), 2, file);
  });

  test("a backup that doesn't exist", async () => {
    expectSentence(await semblance(library(), ["restore", photos.folder, "--copy", "99"]), 2, "99");
  });
});

test("--verbose, before or after the command, adds where in the program it happened", async () => {
  const home = library();
  for (const args of [
    ["--verbose", "tag", "/nowhere"],
    ["tag", "/nowhere", "--verbose"],
  ]) {
    const { code, stderr } = await semblance(home, args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^semblance: There is no folder \/nowhere\.\n[^]*\n +at /);
  }
});
