import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonLines, semblance, stateOf } from "../fixtures/command-line";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { writeColourPack } from "../fixtures/small-onnx";

let root: string;
let folder: string;
let home: string;
let before: Record<string, string>;

const list = (text: string): string => {
  const file = join(temporaryFolder(), "labels.csv");
  writeFileSync(file, text);
  return file;
};
const labelled = async () =>
  jsonLines<{ path: string; labels: { name: string; source: string }[] }>(
    (await semblance(home, ["export", folder, "--jsonl", "-"])).stdout,
  );

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-import-")));
  const pack = join(root, "colours");
  [folder, home] = [join(root, "photos"), join(root, "data")];
  writeColourPack(pack);
  mkdirSync(join(folder, "animals"), { recursive: true });
  await paint(join(folder, "a.jpg"), 1);
  await paint(join(folder, "animals", "b.jpg"), 2);
  before = stateOf(folder);
  expect((await semblance(home, ["tag", folder, "--pack", pack])).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("previews a CSV's labels, then imports them as verdicts; a second import finds them already given", async () => {
  const file = list("path,label,verdict\na.jpg,dog,accept\nanimals/b.jpg,cat,reject\n");
  const preview = await semblance(home, ["import", folder, file, "--from", "csv", "--dry-run"]);
  expect(preview).toMatchObject({ code: 0, stderr: "" });
  expect(preview.stdout).toContain("2 verdicts would be added on 2 photos");
  expect(preview.stdout).toContain("dog → dog (canine), 1 accepted");
  const again = await semblance(home, ["import", folder, file, "--from", "csv", "--dry-run", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ given: 2, standing: 0, applied: 0 }); // a preview changes nothing
  const taken = await semblance(home, ["import", folder, file, "--from", "csv"]);
  expect(taken).toMatchObject({ code: 0, stderr: "" });
  expect(taken.stdout).toContain("2 verdicts added on 2 photos. 0 were set already");
  const third = await semblance(home, ["import", folder, file, "--from", "csv", "--json"]);
  expect(JSON.parse(third.stdout)).toMatchObject({ given: 0, standing: 2, applied: 0 });
  expect(stateOf(folder)).toEqual(before);
});

// guarantee: import-keeps-annotations
test("keeps an existing verdict and reports that the file contradicts it", async () => {
  const { code, stdout } = await semblance(home, [
    "import",
    folder,
    list("path,label,verdict\na.jpg,dog,reject\n"),
    "--from",
    "csv",
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain("0 verdicts added");
  expect(stdout).toContain("kept: a.jpg has dog accepted");
});

test("names unusable lines, imports the others, and exits with a code that says so", async () => {
  const { code, stdout, stderr } = await semblance(home, [
    "import",
    folder,
    list("path,label\na.jpg,beach\nnowhere.jpg,beach\n"),
    "--from",
    "csv",
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain("1 verdict added");
  expect(stderr).toContain("1 line or file can't be used");
  expect(stderr).toContain("nowhere.jpg");
});

test("refuses a source without its file, a file in another format, and a missing file", async () => {
  for (const [args, said] of [
    [["--from", "csv"], "needs a file to import from"],
    [[list(""), "--from", "folders"], "reads the folder itself"],
    [[join(folder, "no.csv"), "--from", "csv"], "no.csv"],
    [["--from", "nothing"], "nothing"],
  ] as const) {
    const { code, stderr } = await semblance(home, ["import", folder, ...args]);
    expect(code, args.join(" ")).toBeGreaterThan(0);
    expect(stderr).toContain(said);
  }
});

test("finds photos added since the last scan before it gives them labels", async () => {
  await paint(join(folder, "animals", "other.jpg"), 3);
  const { code, stdout } = await semblance(home, [
    "import",
    folder,
    list("path,label\nanimals/other.jpg,beach\n"),
    "--from",
    "csv",
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain("1 verdict added on 1 photo.");
  expect((await labelled()).find(({ path }) => path === "animals/other.jpg")!.labels).toContainEqual(
    expect.objectContaining({ name: "beach", source: "added" }),
  );
});
