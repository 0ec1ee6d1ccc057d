import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { expect, test } from "vitest";
import { allowedIn, layersTable, ROOMS } from "../../tools/layers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const eslint = new ESLint({
  cwd: root,
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false, project: null } },
    rules: {
      // Rules that need type information; here there is only text.
      "@typescript-eslint/no-floating-promises": "off",
      "@typescript-eslint/no-misused-promises": "off",
      "@typescript-eslint/await-thenable": "off",
      "@typescript-eslint/only-throw-error": "off",
    },
  },
});

async function isAllowed(file: string, from: string): Promise<boolean> {
  const [{ messages }] = await eslint.lintText(`import { x } from "${from}";\nexport const y = x;\n`, {
    filePath: file,
  });
  const faults = messages.filter(({ ruleId }) => ruleId !== "no-restricted-imports").map(({ message }) => message);
  expect(faults).toEqual([]);
  return messages.length === 0;
}

const inMain = ROOMS.filter(({ path }) => path.startsWith("src-main/"));

test("ESLint allows the imports of lower layers and forbids all others", async () => {
  for (const room of inMain) {
    const allowed = allowedIn(room);
    for (const other of ROOMS.filter((each) => each !== room)) {
      const from = other.path.startsWith("src-main/") ? other.path.replace("src-main", "..") : `../../${other.path}`;
      expect(await isAllowed(`${room.path}/x.ts`, `${from}/y`), `${room.path} imports ${other.path}`).toBe(
        allowed.includes(other),
      );
    }
  }
}, 120_000);

test.each([
  ["src-main/hosts/electron.ts", "electron"],
  ["src-preload/preload.ts", "electron"],
  ["src-main/hosts/electron.ts", "../engine/engine-process"],
  ["src-main/hosts/web.ts", "../engine/semblance"],
  ["src-main/store/photos.ts", "better-sqlite3"],
  ["src-main/features/browse/handlers.ts", "./browse-photos"],
  ["src-main/features/browse/handlers.ts", "../../store/photos"],
  ["src-main/lab/words/training.ts", "../../words/vocabulary"],
  ["src-renderer/state/x.ts", "../../src-shared/contract"],
])("%s may import %s", async (file, from) => expect(await isAllowed(file, from)).toBe(true));

test.each([
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
])("%s may not import %s", async (file, from) => expect(await isAllowed(file, from)).toBe(false));

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
