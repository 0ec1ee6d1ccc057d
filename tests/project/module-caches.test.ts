import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../src-main", import.meta.url));
/** Rooms whose functions take a library or a store. Caches there belong to `OpenLibrary.caches` or to the store. */
const ROOMS = ["store", "folder", "workspace", "features", "exchange", "engine", "cli"];

/** Maps at the top level of a file that start empty, so that the program fills them: caches that outlive a library. */
const moduleCaches = (source: string): string[] =>
  [
    ...source.matchAll(/^(?:export )?(?:const|let|var) (\w+)[^=\n]*=\s*new (?:Weak)?(?:Map|Set)\b(?:<.*>)?\(\s*\)/gm),
    ...source.matchAll(/^(?:export )?(?:const|let|var) (\w+)[^=\n]*=\s*new WeakMap\b/gm),
  ].map(([, name]) => name);

test("no file of a room that works on a library keeps a cache of its own", () => {
  const found = ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) =>
        moduleCaches(readFileSync(join(root, room, name), "utf8")).map((cache) => `${room}/${name}: ${cache}`),
      ),
  );
  expect(found).toEqual([]);
});

test.each([
  ["const found = new WeakMap<OpenLibrary, CachedIssues>();", ["found"]],
  ["export const byStore: Map<Store, string> = new Map();", ["byStore"]],
  ["let seen =\n  new Set<PhotoId>();", ["seen"]],
  ['const RAWS = new Set(["cr2", "nef"]);', []],
  ['const kinds = cacheSlot<Map<LabelId, LabelId[]>>("kinds");', []],
  ["  const inFunction = new Map<string, number>();", []],
])("the check recognises %s", (source, names) => expect([...new Set(moduleCaches(source))]).toEqual(names));
