import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { colouredPhotos } from "../fixtures/coloured-photos";
import { semblanceAlone } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";

const HOOK = pathToFileURL(new URL("../fixtures/list-modules.mjs", import.meta.url).pathname).href;

/** The modules that a command loads, in its own process. */
async function loadedBy(home: string, args: string[]): Promise<string[]> {
  const list = join(temporaryFolder(), "modules.txt");
  const ran = await semblanceAlone(home, args, {
    env: { NODE_OPTIONS: `--import ${HOOK}`, LOADED_MODULES: list },
  });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return readFileSync(list, "utf8").split("\n");
}

const packagesIn = (modules: string[]): Set<string> =>
  new Set(modules.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));

describe.skipIf(registerHooks === undefined)("what a command loads", () => {
  test.each(["--help", "--version", "tag --help", "words --help", "visual train --help"])(
    "%s: few modules, and no package but commander",
    async (command) => {
      const modules = await loadedBy(temporaryFolder(), command.split(" "));
      expect(modules.length).toBeLessThan(40);
      expect(packagesIn(modules)).toEqual(new Set(["commander"]));
    },
  );

  test("search: no networks, no decoders and no TensorFlow.js", async () => {
    const { folder, pack, home, remove } = await colouredPhotos(3);
    await semblanceAlone(home, ["tag", folder, "--pack", pack]);
    const modules = await loadedBy(home, ["search", folder, "tomato"]);
    remove();
    expect(modules.length).toBeLessThan(150);
    const packages = packagesIn(modules);
    for (const heavy of [
      "@tensorflow/tfjs-core",
      "onnxruntime-node",
      "sharp",
      "libheif-js",
      "exiftool-vendored",
      "zod",
    ])
      expect(packages).not.toContain(heavy);
  });
});
