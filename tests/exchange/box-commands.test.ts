import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { semblance } from "../fixtures/command-line";
import { paint } from "../fixtures/photo-folder";
import { writeColourPack } from "../fixtures/small-onnx";

const PAGE = fileURLToPath(new URL("../../docs/guide/boxes-formats.md", import.meta.url));

let root: string;
let folder: string;
let home: string;

/** Runs a command as the page shows it, where `~` and the current folder are the test's own. */
const run = (command: string) => {
  const words = command.split(" ").map((word) => word.replace("~/Pictures", folder).replace(/^~/, root));
  return semblance(home, words, { cwd: root });
};

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-boxes-")));
  [folder, home] = [join(root, "photos"), join(root, "data")];
  mkdirSync(join(folder, "sub"), { recursive: true });
  await paint(join(folder, "a.jpg"), 1);
  await paint(join(folder, "sub", "b.jpg"), 2);
  const pack = join(root, "colours");
  writeColourPack(pack);
  expect((await semblance(home, ["tag", folder, "--pack", pack])).code).toBe(0);
  mkdirSync(join(root, "first", "labels", "sub"), { recursive: true });
  writeFileSync(join(root, "first", "classes.txt"), "dog\nmy bike\n");
  writeFileSync(join(root, "first", "labels", "a.txt"), "0 0.25 0.5 0.3 0.5\n1 0.5 0.5 1 1\n");
  writeFileSync(join(root, "first", "labels", "sub", "b.txt"), "0 0.75 0.5 0.25 0.5\n0 2 2 1 1\n");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

// guarantee: export-exact
test("every command of the guide to boxes does what it says", async () => {
  const first = await run("import ~/Pictures ~/first --from yolo");
  expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining("labels/sub/b.txt, line 2: The box (1.5,") });
  expect(first.stdout).toContain("YOLO first: 3 verdicts and 3 boxes added on 2 photos.");
  expect(first.stdout).toMatch(/ {2}my bike → my bike \(new\), 1 accepted, 1 box\n/);

  const commands = [...readFileSync(PAGE, "utf8").matchAll(/^npx semblance (.*)$/gm)].map(([, command]) => command);
  const [exports, imports] = ["export", "import"].map((name) => commands.filter((one) => one.startsWith(name)));
  expect([exports.length, imports.length]).toEqual([5, 4]);
  const said: string[] = [];
  for (const command of exports) {
    const { code, stdout, stderr } = await run(command);
    expect([code, stderr], command).toEqual([0, ""]);
    said.push(stdout.split("\n", 1)[0].replaceAll(root, "~"));
  }
  expect(said).toEqual([
    "3 annotations written to ~/boxes.json",
    "3 boxes written in ~/dogs-yolo",
    "3 boxes written in ~/dogs-voc",
    expect.stringMatching(/^\d+ labels written to ~\/boxes\.csv$/),
    "2 sidecars written in ~/photos",
  ]);
  expect(readFileSync(join(root, "boxes.csv"), "utf8")).toContain('"[[0.1,0.25,0.4,0.75,1,""imported""]]"');
  expect(readFileSync(join(root, "dogs-yolo/labels/sub/b.txt"), "utf8")).toBe(
    "0 0.750000 0.500000 0.250000 0.500000\n",
  );

  for (const command of imports) {
    const { code, stdout, stderr } = await run(command);
    expect([code, stderr], command).toEqual([0, ""]);
    // Sidecars also have the labels that the photos show.
    expect(stdout, command).toMatch(/: \d verdicts and 0 boxes added on 2 photos\. 3 and 3 boxes were set already; 0 /);
  }
});

test("refuses boxes where a format has no room for them, and what isn't a data set", async () => {
  for (const [command, code, said] of [
    ["export ~/Pictures --jsonl - --boxes 0.5", 2, "--jsonl can't hold boxes"],
    ["export ~/Pictures --coco - --boxes many", 2, "accepted, or a confidence from 0 to 1"],
    ["export ~/Pictures --xmp --boxes 0.5", 2, "Add it"],
    ["export ~/Pictures --yolo -", 2, "name a folder"],
    ["import ~/Pictures --from yolo", 2, "needs the folder"],
    ["import ~/Pictures ~/first --from voc", 2, "no XML files"],
    ["import ~/Pictures ~/nowhere --from yolo", 2, "There is no folder"],
  ] as const) {
    const { code: ended, stderr } = await run(command);
    expect(stderr, command).toContain(said);
    expect(ended, command).toBe(code);
  }
});
