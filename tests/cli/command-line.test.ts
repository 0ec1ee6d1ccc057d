import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paintColour } from "../fixtures/coloured-photos";
import { jsonLines, type Ran, semblance, stateOf } from "../fixtures/command-line";
import { paint, temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS, writeColourPack } from "../fixtures/small-onnx";

interface Tagged {
  path: string;
  labels?: { label: string; score: number; source: string }[];
  error?: { code: string; message: string };
}
type Row = Record<"path" | "label" | "score" | "source" | "model", string>;

const ODD = 'sub/he said “hi”, "=1+1" 花 \'.jpg';
/** The photos' colours, by path. */
const PHOTOS: Record<string, (typeof COLOURS)[number]["name"]> = {
  "tomato.jpg": "tomato",
  "Frog.jpg": "frog",
  "sub/deep/ocean.png": "ocean",
  "lemon.webp": "lemon",
  [ODD]: "lemon",
  "=cmd.jpg": "ocean",
  "ünïcödé.jpg": "frog",
};
const FAILING = { "empty.jpg": "empty-file", "phone.heic": "not-an-image", "text.jpg": "not-an-image" };

let root: string;
let folder: string;
let pack: string;
let home: string;
let first: Ran;
let before: Record<string, string>;

/** A copy of the data folder with the labelled photos, for one test. */
function labelled(): string {
  const copy = temporaryFolder();
  cpSync(home, copy, { recursive: true });
  return copy;
}

function fileWith(text: string, name = "list.csv"): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

async function tags(in_: string, ...args: string[]): Promise<Map<string, Tagged>> {
  return new Map(
    jsonLines<Tagged>((await semblance(in_, ["tag", folder, ...args])).stdout).map((line) => [line.path, line]),
  );
}
const names = (line: Tagged | undefined) => line!.labels!.map(({ label }) => label);
const csv = (text: string): Row[] => parse(text, { columns: true, record_delimiter: "\r\n" }) as unknown as Row[];

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-cli-")));
  [folder, pack, home] = ["photos", "colours", "data"].map((name) => join(root, name));
  writeColourPack(pack);
  let size = 90;
  for (const [path, name] of Object.entries(PHOTOS)) await paintColour(join(folder, path), name, size++);
  copyFileSync(join(folder, "tomato.jpg"), join(folder, "sub/copy of tomato.jpg"));
  writeFileSync(join(folder, "empty.jpg"), "");
  writeFileSync(join(folder, "phone.heic"), "heic");
  writeFileSync(join(folder, "text.jpg"), "no picture at all");
  writeFileSync(join(folder, "notes.txt"), "none");
  before = stateOf(folder);
  first = await semblance(home, ["tag", folder, "--pack", pack]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("tag", () => {
  test("prints one JSON object per file, sorted by path, with its labels or the reason why it has none", () => {
    const lines = jsonLines<Tagged>(first.stdout);
    const expected = [...Object.keys(PHOTOS), ...Object.keys(FAILING), "sub/copy of tomato.jpg"].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    expect(lines.map(({ path }) => path)).toEqual(expected);
    for (const { path, labels, error } of lines) {
      if (path in FAILING) {
        expect(error!.code).toBe(FAILING[path as keyof typeof FAILING]);
        expect(error!.message.length).toBeGreaterThan(10);
        expect(labels).toBeUndefined();
        continue;
      }
      expect(labels![0], path).toMatchObject({ label: PHOTOS[path] ?? "tomato", source: "predicted" });
      expect(labels![0].score).toBeGreaterThan(0.9);
      expect(labels!.length).toBeLessThanOrEqual(5);
      for (const { score } of labels!) expect(score >= 0 && score <= 1).toBe(true);
    }
  });

  test("gives identical files the same labels", () => {
    const lines = new Map(jsonLines<Tagged>(first.stdout).map(({ path, labels }) => [path, labels]));
    expect(lines.get("sub/copy of tomato.jpg")).toEqual(lines.get("tomato.jpg"));
  });

  test("exits with 1 and lists unreadable files on stderr", () => {
    expect(first.code).toBe(1);
    expect(first.stderr).toContain("3 files could not be read");
    for (const path of Object.keys(FAILING)) expect(first.stderr).toContain(`${path}: `);
  });

  test("stores the projection that it fitted for a pack without one", () => {
    expect(readdirSync(join(home, "projections"))).toHaveLength(1);
  });

  test("exits with 0 if every file is readable, and prints the same on a second run", async () => {
    const [photos, data] = [temporaryFolder(), temporaryFolder()];
    for (const i of [1, 2, 3]) await paint(join(photos, `${i}.jpg`), i);
    const one = await semblance(data, ["tag", photos, "--json"]);
    expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(jsonLines<Tagged>(one.stdout).map(({ path }) => path)).toEqual(["1.jpg", "2.jpg", "3.jpg"]);
    expect(await semblance(data, ["tag", photos])).toEqual(one);
  });

  test("--top limits the labels per file", async () => {
    for (const { path, labels } of (await tags(labelled(), "--top", "1")).values())
      if (labels) expect(labels, path).toHaveLength(1);
  });

  test("--threshold shows only labels above it, and is stored", async () => {
    const data = labelled();
    const scores = async (...args: string[]) =>
      [...(await tags(data, ...args)).values()].flatMap(({ labels = [] }) => labels.map(({ score }) => score));
    const plain = await scores();
    expect(Math.min(...plain)).toBeGreaterThanOrEqual(0.5);
    const between = (Math.min(...plain) + Math.max(...plain)) / 2;
    const strict = await scores("--threshold", String(between));
    expect(strict.length).toBeGreaterThan(0);
    expect(strict).toEqual(plain.filter((score) => score >= between));
    expect(await scores()).toEqual(strict);
    expect(await scores("--threshold", "1")).toEqual([]);
  });

  test("--csv writes the same labels to a file, or only the CSV to standard output", async () => {
    const data = labelled();
    const file = join(temporaryFolder(), "labels.csv");
    const lines = await tags(data, "--top", "2", "--csv", file);
    const { stdout } = await semblance(data, ["tag", folder, "--top", "2", "--csv", "-"]);
    expect(stdout).toBe(readFileSync(file, "utf8"));
    const rows = csv(stdout);
    const expected = [...lines.values()].flatMap(({ path, labels = [] }) =>
      labels.map(({ score }) => ({ path, score: String(score) })),
    );
    expect(rows.map(({ path, score }) => ({ path, score }))).toEqual(expected);
    for (const { path, label } of rows) expect(names(lines.get(path)), path).toContain(label);
  });

  test("exits quietly when the reader closes the pipe early", async () => {
    const { stderr } = await semblance(labelled(), ["tag", folder], { deaf: true });
    expect(stderr).not.toContain("EPIPE");
  });
});

describe("tag --labels", () => {
  test("pack-classes, imagenet-1k and a custom list each give their own labels without reading the photos again", async () => {
    const data = labelled();
    const classes = COLOURS.map(({ name }) => name as string);
    for (const { labels } of (await tags(data, "--labels", "pack-classes")).values())
      for (const { label } of labels ?? []) expect(classes).toContain(label);
    const thousand = await tags(data, "--labels", "imagenet-1k");
    expect(names(thousand.get("lemon.webp"))[0]).toBe("lemon");
    expect(names(thousand.get("tomato.jpg"))).not.toContain("tomato"); // not one of the thousand labels

    const list = fileWith("frog\n\n  vegetable \nFrog\nXqzzwk\n", "my list.txt");
    const mine = await tags(data, "--labels", list);
    expect(names(mine.get("tomato.jpg"))).toContain("vegetable");
    for (const { labels } of mine.values())
      for (const { label } of labels ?? []) expect(["frog", "vegetable", "Xqzzwk"]).toContain(label);
    writeFileSync(list, "food\n");
    expect(names((await tags(data)).get("tomato.jpg"))).toEqual(["food"]); // rereads the edited list

    const table = fileWith('id,Label,note\n1,ocean,"blue, wet"\n2,"lemon",\n');
    const relative = await semblance(data, ["tag", folder, "--labels", "./list.csv"], { cwd: dirname(table) });
    expect(
      jsonLines<Tagged>(relative.stdout)
        .flatMap(({ labels = [] }) => labels.map(({ label }) => label))
        .sort(),
    ).toEqual(["lemon", "lemon", "ocean", "ocean"]);
    expect(names((await tags(data)).get("=cmd.jpg"))).toEqual(["ocean"]); // also found from another working directory
    expect(names((await tags(data, "--labels", "everyday")).get("tomato.jpg"))).toEqual(
      names(jsonLines<Tagged>(first.stdout).find(({ path }) => path === "tomato.jpg")),
    );
  });

  test("all-nouns gives labels that no smaller set contains", async () => {
    const lines = await tags(labelled(), "--labels", "all-nouns", "--top", "8");
    for (const [path, name] of Object.entries(PHOTOS)) expect(names(lines.get(path))[0], path).toBe(name);
  });

  test("refuses an invalid list or pack and does not store it", async () => {
    const data = labelled();
    const noise = join(temporaryFolder(), "noise");
    writeColourPack(noise);
    writeFileSync(join(noise, "visual.onnx"), "noise");
    for (const wrong of [
      ["--labels", "/nowhere.txt"],
      ["--pack", "/nowhere"],
      ["--pack", noise],
    ]) {
      const { code, stdout, stderr } = await semblance(data, ["tag", folder, ...wrong]);
      expect({ code, stdout }, wrong.join(" ")).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(wrong[1]);
    }
    expect((await semblance(data, ["tag", folder])).stdout).toBe(first.stdout);
  });
});

describe("a usage error exits with 2 and one sentence", () => {
  const cases: [string, () => string[], string][] = [
    ["an unknown option", () => ["tag", folder, "--colour"], "unknown option '--colour'"],
    ["no folder", () => ["tag"], "missing required argument 'folder'"],
    ["a missing folder", () => ["tag", "/nowhere/photos"], "There is no folder /nowhere/photos."],
    ["a file as the folder", () => ["status", join(folder, "tomato.jpg")], "tomato.jpg is not a folder"],
    [
      "zero labels",
      () => ["tag", folder, "--top", "0"],
      "argument '0' is invalid. It must be a whole number, at least 1.",
    ],
    [
      "a threshold above 1",
      () => ["export", folder, "--csv", "-", "--threshold", "2"],
      "argument '2' is invalid. It must be a number from 0 to 1.",
    ],
    ["an export without a file", () => ["export", folder], "Choose what to write with one of --csv"],
    ["a list without labels", () => ["tag", folder, "--labels", fileWith("\n \n", "none.txt")], "contains no labels"],
    [
      "a table without a label column",
      () => ["tag", folder, "--labels", fileWith("a,b\n1,2\n")],
      'has no column "label"',
    ],
    [
      "a pack with a malformed description",
      () => {
        const copy = writeColourPack(temporaryFolder());
        writeFileSync(join(copy, "pack.json"), "{");
        return ["tag", folder, "--pack", copy];
      },
      "pack.json is not valid JSON",
    ],
    ["an unknown model", () => ["models", folder, "--use", "99"], "There is no model 99."],
    ["a missing corrections file", () => ["correct", folder, "/nowhere.csv"], "There is no file /nowhere.csv"],
    [
      "corrections without a verdict",
      () => ["correct", folder, fileWith("path,label\na,b\n")],
      "has no column verdict",
    ],
    ["a search for unknown words", () => ["search", folder, "xqzzwk"], "None of these words is known."],
  ];
  test.each(cases)("%s", async (_, args, message) => {
    const { code, stdout, stderr } = await semblance(labelled(), args());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("--help shows examples and is not a usage error", async () => {
    for (const command of ["tag", "models", "serve"]) {
      const { code, stdout } = await semblance(home, [command, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toContain("Examples:");
    }
  });
});

describe("search", () => {
  const search = async (data: string, ...words: string[]) => {
    const ran = await semblance(data, ["search", folder, ...words]);
    return { ...ran, hits: ran.code === 0 ? jsonLines<{ path: string; score: number }>(ran.stdout) : [] };
  };

  test("prints files best first, including copies; --limit cuts the list; plurals and case are folded", async () => {
    const data = labelled();
    const { hits, code } = await search(data, "tomato");
    expect(code).toBe(0);
    expect(
      hits
        .slice(0, 2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["sub/copy of tomato.jpg", "tomato.jpg"]);
    expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).sort((a, b) => b - a));
    expect(hits[2].score).toBeLessThan(hits[1].score);
    expect((await search(data, "TOMATOES", "--limit", "3")).hits).toEqual(hits.slice(0, 3));
  });

  test("suggests words for an unknown one on stderr and searches for the others", async () => {
    const { hits, stderr, code } = await search(labelled(), "tomatto", "frog");
    expect(code).toBe(0);
    expect(stderr).toMatch(/“tomatto” is not a known word\. Did you mean .*tomato/);
    expect(
      hits
        .slice(0, 2)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["Frog.jpg", "ünïcödé.jpg"]);
  });

  test("if no photo is sure, says so on stderr, suggests words with sure results and prints the closest photos", async () => {
    const data = labelled();
    const sure = await search(data, "tomato");
    expect(sure.stderr).toBe("");
    const { hits, stderr, code } = await search(data, "xylophone", "--limit", "3");
    expect(code).toBe(0);
    expect(stderr).toContain("No confident match for “xylophone”. The closest photos:\n");
    expect(hits).toHaveLength(3);
    expect((await search(data, "aubergine")).stderr).toMatch(/Similar words that photos match: .*tomato/);
  });

  test("says that a folder has not been labelled", async () => {
    const { code, stderr } = await semblance(temporaryFolder(), ["search", folder, "tomato"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Run “semblance tag” on it first.");
  });
});

describe("correct, retrain and models", () => {
  test("applies verdicts line by line and lists unusable lines by number", async () => {
    const data = labelled();
    const file = fileWith(
      `path,label,verdict\r\ntomato.jpg,Zwergi,accept\r\nnowhere.jpg,dog,accept\r\n"${ODD.replaceAll('"', '""')}",lemon,REJECT\r\nFrog.jpg,frog,perhaps\r\nFrog.jpg,frog,accept\r\nlemon.webp\r\n`,
    );
    const { code, stdout, stderr } = await semblance(data, ["correct", folder, file]);
    expect(code).toBe(1);
    expect(stdout).toBe("3 verdicts applied, 3 lines skipped\n");
    expect(stderr).toContain("line 3: There is no photo nowhere.jpg");
    expect(stderr).toContain("line 5: The verdict is “perhaps”; it must be accept or reject.");
    expect(stderr).toContain("line 7: The line has 1 columns; the header has 3.");
    const lines = await tags(data);
    expect(lines.get("tomato.jpg")!.labels![0]).toMatchObject({ label: "Zwergi", score: 1, source: "added" });
    expect(lines.get("sub/copy of tomato.jpg")!.labels![0]).toMatchObject({ label: "Zwergi" }); // the same photo
    expect(lines.get("Frog.jpg")!.labels![0]).toMatchObject({ label: "frog", score: 1, source: "accepted" });
    expect(names(lines.get(ODD))).not.toContain("lemon");

    const again = await semblance(data, [
      "correct",
      folder,
      fileWith("label,path,verdict,note\nfrog,Frog.jpg,accept,x\n"),
      "--json",
    ]);
    expect({ ...again, stdout: JSON.parse(again.stdout) as unknown }).toEqual({
      code: 0,
      stdout: { applied: 1, changed: 0, refused: [] },
      stderr: "",
    });
  });

  // guarantee: models-keep-annotations
  test("retraining adds a model with its losses; going back restores the earlier labels; verdicts are kept", async () => {
    const data = labelled();
    expect(await semblance(data, ["retrain", folder])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("no corrections") as string,
    });
    await semblance(data, [
      "correct",
      folder,
      fileWith("path,label,verdict\nlemon.webp,banana,accept\nlemon.webp,lemon,reject\n"),
    ]);
    const { code, stdout } = await semblance(data, ["retrain", folder, "--json"]);
    expect(code).toBe(0);
    const model = JSON.parse(stdout) as {
      model: number;
      kind: string;
      current: boolean;
      verdicts: number;
      loss: { before: number; after: number };
      losses: number[];
    };
    expect(model).toMatchObject({ kind: "retrained", current: true, verdicts: 2 });
    expect(model.losses).toHaveLength(150);
    expect(model.loss.after).toBeLessThan(model.loss.before);

    const listed = JSON.parse((await semblance(data, ["models", folder, "--json"])).stdout) as {
      model: number;
      current: boolean;
    }[];
    expect(listed.map(({ current }) => current)).toEqual([true, false]);
    const used = await semblance(data, ["models", folder, "--use", String(listed[1].model)]);
    expect(used.code).toBe(0);
    expect(used.stdout).toMatch(
      new RegExp(`^  +${model.model} .*retrained from 2 verdicts\n\\* +${listed[1].model} .*bundled\n$`),
    );

    const lines = await tags(data);
    expect(lines.get("lemon.webp")!.labels![0]).toMatchObject({ label: "banana", source: "added" });
    expect(names(lines.get("lemon.webp"))).not.toContain("lemon");
    const uncorrected = (line: Tagged) => line.path !== "lemon.webp";
    expect([...lines.values()].filter(uncorrected)).toEqual(jsonLines<Tagged>(first.stdout).filter(uncorrected));
  });

  test("refuses a model of another pack", async () => {
    const data = labelled();
    await semblance(data, ["tag", folder, "--pack", process.env.SEMBLANCE_PACK!]);
    expect(await semblance(data, ["models", folder, "--use", "1"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Version 1 needs another pack or vocabulary") as string,
    });
    expect((await semblance(data, ["tag", folder, "--pack", pack])).stdout).toBe(first.stdout);
  });
});

describe("export", () => {
  const OWN = ['=HYPERLINK("http://x")', 'Rex, the "dog"', "+1", "'tis", "@home", "Zwergi 花", "-"];

  test("keeps paths and names exact in both directions, puts an apostrophe before formulas, and leaves no other file behind", async () => {
    const data = labelled();
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const given = [ODD, "=cmd.jpg", "ünïcödé.jpg"].flatMap((path) =>
      OWN.map((label) => `${quoted(path)},${quoted(label)},accept`),
    );
    expect(
      await semblance(data, ["correct", folder, fileWith(`path,label,verdict\n${given.join("\n")}\n`)]),
    ).toMatchObject({ code: 0 });

    const file = join(temporaryFolder(), "labels.csv");
    expect(await semblance(data, ["export", folder, "--csv", file])).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(dirname(file))).toEqual(["labels.csv"]);
    const text = readFileSync(file, "utf8");
    expect(text.startsWith("path,label,score,source,model\r\n")).toBe(true);
    const rows = csv(text);
    expect(new Set(rows.map(({ path }) => path))).toEqual(new Set([...Object.keys(PHOTOS), "sub/copy of tomato.jpg"]));
    const added = rows.filter(({ source }) => source === "added");
    expect(added).toHaveLength(given.length);
    expect(added.filter(({ path }) => path === ODD).map(({ label }) => label)).toEqual([
      '\'=HYPERLINK("http://x")',
      'Rex, the "dog"',
      "'+1",
      "''tis",
      "'@home",
      "Zwergi 花",
      "'-",
    ]);
    for (const { source, score, model } of rows)
      expect(source === "predicted" ? model === "1" : model === "" && score === "1").toBe(true);

    // Imported into another library, they give the same verdicts.
    const elsewhere = labelled();
    const back = added.map(({ path, label }) => `${quoted(path)},${quoted(label)},accept`);
    expect(
      await semblance(elsewhere, ["correct", folder, fileWith(`path,label,verdict\r\n${back.join("\r\n")}\r\n`)]),
    ).toMatchObject({ code: 0 });
    expect((await semblance(elsewhere, ["export", folder, "--csv", "-"])).stdout).toBe(text);

    const plain = csv(
      (await semblance(data, ["export", folder, "--csv", "-", "--no-escape-formulas", "--threshold", "1"])).stdout,
    );
    expect(
      plain
        .filter(({ path }) => path === "=cmd.jpg")
        .map(({ label }) => label)
        .slice(0, OWN.length),
    ).toEqual(OWN);

    expect(await semblance(data, ["export", folder, "--csv", file, "--no-overwrite"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("already exists") as string,
    });
    expect(await semblance(data, ["export", folder, "--csv", file, "--json"])).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ file, rows: rows.length, notes: [], refused: [] })}\n`,
    });
  });

  test("--query finds words by meaning and understands OR and NOT", async () => {
    const paths = async (query: string) =>
      jsonLines<Tagged>((await semblance(labelled(), ["export", folder, "--jsonl", "-", "--query", query])).stdout).map(
        ({ path }) => path,
      );
    expect(await paths("tomato OR label:ocean")).toEqual(expect.arrayContaining(["tomato.jpg", "sub/deep/ocean.png"]));
    expect(await paths("NOT tomato")).not.toContain("tomato.jpg");
  });

  // guarantee: export-not-over-photos
  test("never replaces a photo", async () => {
    expect(await semblance(labelled(), ["export", folder, "--csv", join(folder, "tomato.jpg")])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has the name of a photo") as string,
    });
  });
});

test("status counts the library and gives the compute backend with the reason for it", async () => {
  const { code, stdout } = await semblance(labelled(), ["status", folder, "--json"]);
  expect(code).toBe(0);
  const status = JSON.parse(stdout) as { photos: number; backends: { work: string; backend: string; why: string }[] };
  expect(status).toMatchObject({
    folder,
    photos: 9,
    embedded: 7,
    labelled: 7,
    failed: 3,
    verdicts: 0,
    pack: { name: "colours" },
    labelSet: { name: "everyday" },
  });
  expect(status.backends.map(({ work }) => work)).toEqual(["features of photos", "learning", "nearest labels"]);
  for (const { backend, why } of status.backends) expect([backend, why]).not.toContain("");
});

// guarantee: annotations-follow
test("keeps verdicts when a photo is moved, edited or copied, and when everything is relabelled", async () => {
  const [photos, data] = [join(temporaryFolder(), "photos"), temporaryFolder()];
  for (const [i, name] of ["tomato", "frog", "ocean"].entries())
    await paintColour(join(photos, `${name}.jpg`), name, 80 + i);
  await semblance(data, ["tag", photos, "--pack", pack]);
  await semblance(data, [
    "correct",
    photos,
    fileWith("path,label,verdict\ntomato.jpg,Zwergi,accept\nfrog.jpg,frog,reject\nocean.jpg,my sea,accept\n"),
  ]);
  mkdirSync(join(photos, "sub"));
  renameSync(join(photos, "tomato.jpg"), join(photos, "sub/moved.jpg"));
  copyFileSync(join(photos, "ocean.jpg"), join(photos, "sub/copy.jpg"));
  await paintColour(join(photos, "frog.jpg"), "frog", 140);
  const { stdout } = await semblance(data, ["tag", photos, "--labels", "pack-classes"]);
  const lines = new Map(jsonLines<Tagged>(stdout).map((line) => [line.path, line]));
  expect([...lines.keys()]).toEqual(["frog.jpg", "ocean.jpg", "sub/copy.jpg", "sub/moved.jpg"]);
  expect(names(lines.get("sub/moved.jpg"))).toEqual(["Zwergi", "tomato"]);
  for (const path of ["ocean.jpg", "sub/copy.jpg"]) expect(names(lines.get(path))).toEqual(["my sea", "ocean"]);
  expect(names(lines.get("frog.jpg"))).not.toContain("frog");
});

// guarantee: originals-untouched
test("stores everything in the data folder and leaves the photos unchanged", () => {
  expect(existsSync(join(home, "libraries"))).toBe(true);
  expect(stateOf(folder)).toEqual(before);
});
