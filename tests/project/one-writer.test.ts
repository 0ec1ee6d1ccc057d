import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const WRITERS = ["writeFile", "appendFile", "copyFile", "cp", "rename", "link", "symlink", "truncate"];
const IMPORT = /import \{([^}]*)\} from "node:fs(?:\/promises)?"/g;
/** A mode of opening a file other than reading it, with or without writing into what is there. */
const OPENED = /(?<![.\w])open(?:Sync)?\([^()]*(?:\([^()]*\)[^()]*)*,\s*"(?!r")[^"]+"/;

/** Whether code takes from node:fs what writes, moves or copies files. */
function writes(code: string): boolean {
  const names = [...code.matchAll(IMPORT)].flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()));
  const isWriter = (name: string) => WRITERS.includes(name.replace(/Sync$/, "")) || name === "createWriteStream";
  const opens = names.some((name) => /^open(?:Sync)?$/.test(name)) && OPENED.test(code);
  return names.some(isWriter) || opens || /import (?:\* as )?\w+ from "node:fs/.test(code);
}

/** The writer, and files that write nothing for a person, or only what the writer has checked. */
const ALLOWED: Record<string, string> = {
  "base/write-file.ts": "the writer of files",
  "base/write-folder.ts": "the writer of folders",
  "base/partial-files.ts": "notes about partial files, in the data folder",
  "base/resources.ts": "the sample photos, into the data folder",
  "evaluation/fit-cache.ts": "cached fits, in the data folder",
  "exchange/annotation-folder.ts": "files of boxes, in the partial folder of the writer",
  "exchange/bring-photo.ts": "copies and links of photos, in the partial folder of the writer",
  "features/learn/evaluate-library.ts": "the last evaluation, in the data folder",
  "features/packs/download-file.ts": "a file of a pack, in the data folder",
  "features/packs/download-pack.ts": "a downloaded pack's description, in the data folder",
  "features/packs/installed-packs.ts": "moves a removed pack within the data folder",
  "features/packs/kept-record.ts": "what is known about packs, in the data folder",
  "features/packs/partial-pack.ts": "what it remembers of an interrupted download, in the data folder",
  "hosts/electron-binary.ts": "what it remembers of a failed download, in the data folder",
  "hosts/window-state.ts": "the window's place on the screen, in the data folder",
  "images/raw.ts": "a temporary file of the system, for ExifTool",
  "lab/temporary-network.ts": "a temporary file of the system, for onnxruntime",
  "labeller/label-rows.ts": "label rows in the data folder",
  "labeller/pack-projection.ts": "projections in the data folder, or in a partial folder of the writer",
  "words/vocabulary-file.ts": "the partial file of the writer",
};
/** The library's databases, their backups and their copies from one folder to another. */
const STORE = /^store\//;

const files = readdirSync(join(ROOT, "src-main"), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));
const writing = files.filter((file) => writes(readFileSync(join(ROOT, "src-main", file), "utf8")));

// guarantee: export-not-over-photos
test("only the writer writes files for a person", () => {
  expect(writing.filter((file) => !STORE.test(file) && !(file in ALLOWED))).toEqual([]);
});

test("every exception is still needed, and only what writes is found", () => {
  expect(Object.keys(ALLOWED).filter((file) => !writing.includes(file))).toEqual([]);
  const code = (names: string, call: string) => `import { ${names} } from "node:fs";\n${call}`;
  for (const [names, call] of [
    ["existsSync, writeFileSync", "writeFileSync(file, text)"],
    ["openSync", 'openSync(join(folder, "x"), "wx", 0o600)'],
    ["createWriteStream", "createWriteStream(file)"],
  ] as const)
    expect(writes(code(names, call)), call).toBe(true);
  expect(writes('import { rename } from "node:fs/promises"')).toBe(true);
  expect(writes('import fs from "node:fs"')).toBe(true);
  expect(writes(code("openSync", 'openSync(file, "r")'))).toBe(false);
  expect(writes(code("readFileSync", "handle.writeFile(text); const link = 1"))).toBe(false);
});
