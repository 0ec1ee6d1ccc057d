import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allowedIn, layersTable, ROOMS } from "../../tools/layers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
type Attempt = readonly [file: string, from: string];

/** Of some imports, those that Oxlint forbids with the project's own configuration, in a folder like it. */
function forbidden(attempts: readonly Attempt[]): Attempt[] {
  const folder = mkdtempSync(join(tmpdir(), "semblance-layers-"));
  try {
    copyFileSync(join(root, "oxlint.config.ts"), join(folder, "oxlint.config.ts"));
    for (const name of ["tools", "node_modules"]) symlinkSync(join(root, name), join(folder, name), "junction");
    const files = Map.groupBy(attempts, ([file]) => file);
    for (const [file, imports] of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      const lines = imports.map(([, from], i) => `export { x as x${i} } from "${from}";\n`);
      writeFileSync(join(folder, file), lines.join(""));
    }
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "node_modules/oxlint/bin/oxlint"), "--format", "json", ...files.keys()],
      { cwd: folder, encoding: "utf8" },
    );
    expect(stderr).toBe("");
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    const refused = new Set(
      diagnostics
        .filter(({ code }) => code === "eslint(no-restricted-imports)")
        .map(({ filename, labels: [{ span }] }) => files.get(filename.replaceAll("\\", "/"))![span.line - 1]),
    );
    return attempts.filter((attempt) => refused.has(attempt));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Diagnostic {
  code: string;
  filename: string;
  labels: { span: { line: number } }[];
}

const inMain = ROOMS.filter(({ path }) => path.startsWith("src-main/"));

test("lint allows the imports of lower layers and forbids all others", () => {
  const attempts = inMain.flatMap((room) =>
    ROOMS.filter((each) => each !== room).map((other) => {
      const from = other.path.startsWith("src-main/") ? other.path.replace("src-main", "..") : `../../${other.path}`;
      return { attempt: [`${room.path}/x.ts`, `${from}/y`] as const, allowed: allowedIn(room).includes(other) };
    }),
  );
  const expected = attempts.filter(({ allowed }) => !allowed).map(({ attempt }) => attempt);
  expect(expected.length).toBeGreaterThan(100);
  expect(forbidden(attempts.map(({ attempt }) => attempt))).toEqual(expected);
});

const ALLOWED: Attempt[] = [
  ["src-main/hosts/electron.ts", "electron"],
  ["src-preload/preload.ts", "electron"],
  ["src-main/hosts/electron.ts", "../engine/engine-process"],
  ["src-main/hosts/web.ts", "../engine/semblance"],
  ["src-main/store/photos.ts", "better-sqlite3"],
  ["src-main/features/browse/handlers.ts", "./browse-photos"],
  ["src-main/features/browse/handlers.ts", "../../store/photos"],
  ["src-main/lab/words/training.ts", "../../words/vocabulary"],
  ["src-renderer/state/x.ts", "../../src-shared/contract"],
];

const FORBIDDEN: Attempt[] = [
  ["src-main/hosts/web.ts", "electron"],
  ["src-main/engine/engine.ts", "electron"],
  ["src-main/store/photos.ts", "electron"],
  ["src-renderer/main.ts", "electron"],
  ["src-preload/client.ts", "electron"],
  ["src-main/hosts/electron.ts", "sharp"],
  ["src-main/hosts/electron.ts", "../store/photos"],
  ["src-main/hosts/electron.ts", "../engine/semblance"],
  ["src-main/hosts/web.ts", "../store/photos"],
  ["src-preload/preload.ts", "better-sqlite3"],
  ["src-preload/preload.ts", "../src-main/workspace/session"],
  ["src-main/words/vocabulary.ts", "better-sqlite3"],
  ["src-main/vision/pack.ts", "sharp"],
  ["src-main/devise/deep/fit.ts", "../../store/photos"],
  ["src-main/features/browse/handlers.ts", "../review/handlers"],
  ["src-renderer/state/x.ts", "../../src-main/workspace/session"],
  ["src-renderer/state/x.ts", "onnxruntime-node"],
];

test("single files may import what they need, and nothing else", () => {
  expect(forbidden([...ALLOWED, ...FORBIDDEN])).toEqual(FORBIDDEN);
});

const sources = ROOMS.flatMap(({ path }) =>
  readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => `${path}/${name.replaceAll("\\", "/")}`),
);

test("every file in src-* belongs to a room, and every room exists", () => {
  const all = readdirSync(root)
    .filter((name) => name.startsWith("src-"))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.\w+$/.test(name));
  expect(all.filter((name) => !ROOMS.some(({ path }) => name.startsWith(`${path}/`)))).toEqual([]);
  for (const { path } of ROOMS)
    expect(
      sources.some((file) => file.startsWith(`${path}/`)),
      path,
    ).toBe(true);
});

test("there are no import cycles", () => {
  const files = new Set(sources);
  const importsOf = new Map(
    sources.map((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
        normalize(join(dirname(file), path)).replaceAll("\\", "/"),
      );
      const known = found.flatMap((path) => [path, `${path}.ts`, `${path}/index.ts`].filter((name) => files.has(name)));
      return [file, known];
    }),
  );
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) throw new Error(`import cycle: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
    if (done.has(file)) return;
    for (const next of importsOf.get(file)!) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
});

test("docs/architecture.md shows the current table of layers", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const shown = page.split("<!-- layers -->")[1]?.trim();
  const plain = (table: string) => table.replace(/ +/g, " ").replace(/-+/g, "-");
  expect(plain(shown ?? "")).toBe(plain(layersTable()));
});
