import { cpSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type ColouredPhotos, colouredPhotos } from "../fixtures/coloured-photos";
import { jsonLines, semblance } from "../fixtures/command-line";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS } from "../fixtures/small-onnx";

/** Vectors for the colours' names, as GloVe writes them. */
const VECTORS = COLOURS.map(({ name }, i) => `${name} ${COLOURS.map((_, k) => (k === i ? 1 : 0.1)).join(" ")}`);

let photos: ColouredPhotos;
let labels: string;
let words: string;
beforeAll(async () => {
  photos = await colouredPhotos(4);
  labels = join(photos.root, "my labels.txt");
  words = join(photos.root, "my words.bin");
  writeFileSync(labels, "vegetable\nfrog\n");
  const vectors = join(photos.root, "vectors.txt");
  writeFileSync(vectors, `${VECTORS.join("\n")}\n`);
  expect(await semblance(photos.home, ["words", "import", vectors, "--out", words])).toMatchObject({ code: 0 });
  const tagged = ["tag", photos.folder, "--pack", photos.pack, "--labels", labels, "--words", words];
  expect(await semblance(photos.home, tagged)).toMatchObject({ code: 0, stderr: "" });
  renameSync(labels, `${labels}.gone`);
  renameSync(words, `${words}.gone`);
  return photos.remove;
});

/** A copy of the data folder whose library was labelled with files that are missing now. */
function library(): string {
  const home = temporaryFolder();
  cpSync(photos.home, home, { recursive: true });
  return home;
}
const missingWords = () => `There is no vocabulary ${words}.`;
const missingLabels = () => `There is no label set “${labels}”`;

describe("a label set and a vocabulary that are missing", () => {
  test.each([
    ["tag", () => ["tag", photos.folder]],
    ["search", () => ["search", photos.folder, "tomato"]],
    ["export", () => ["export", photos.folder, "--csv", "-"]],
    ["status", () => ["status", photos.folder]],
  ])("are named by %s on standard error, with what is used instead", async (_, args) => {
    const { code, stderr } = await semblance(library(), args());
    expect(code).toBe(0);
    expect(stderr).toContain(missingWords());
    expect(stderr).toContain("Until it is back, “bundled” is used instead.");
    expect(stderr).toContain(missingLabels());
    expect(stderr).toContain("Until it is back, “everyday” is used instead.");
  });

  test.each(["tag", "search", "export", "status", "retrain", "models", "correct"])(
    "end %s --strict-files with 2",
    async (command) => {
      const verdicts = join(temporaryFolder(), "verdicts.csv");
      writeFileSync(verdicts, "path,label,verdict\n0.jpg,tomato,accept\n");
      const more: Record<string, string[]> = { search: ["tomato"], export: ["--csv", "-"], correct: [verdicts] };
      const home = library();
      const args = [command, photos.folder, ...(more[command] ?? []), "--strict-files"];
      expect(await semblance(home, args)).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining(missingWords()) as string,
      });
    },
  );

  test("end any command with 2 that names them", async () => {
    const home = library();
    for (const given of [
      ["--labels", labels],
      ["--words", words],
      ["--relabel", "--labels", labels],
    ]) {
      const { code, stdout, stderr } = await semblance(home, ["tag", photos.folder, ...given]);
      expect({ code, stdout }, given.join(" ")).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(given.at(-1) === words ? missingWords() : missingLabels());
    }
  });

  test("are named in the window", async () => {
    const engine = await openEngine(library());
    const { notices } = await engine.api.openLibrary({ folder: photos.folder });
    expect(notices).toEqual([
      expect.stringContaining(missingWords()) as string,
      expect.stringContaining(missingLabels()) as string,
    ]);
  });

  test("are used again once they are back", async () => {
    const home = library();
    const [strict, back] = [
      ["tag", photos.folder, "--strict-files"],
      [labels, words],
    ];
    for (const file of back) cpSync(`${file}.gone`, file);
    const { code, stdout, stderr } = await semblance(home, strict);
    for (const file of back) renameSync(file, `${file}.gone`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const seen = jsonLines<{ labels: { label: string }[] }>(stdout).flatMap((line) =>
      line.labels.map(({ label }) => label),
    );
    expect(new Set(seen)).toEqual(new Set(["vegetable", "frog"]));
  });
});
