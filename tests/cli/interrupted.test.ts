import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type ColouredPhotos, colouredPhotos } from "../fixtures/coloured-photos";
import { jsonLines, semblanceAlone } from "../fixtures/command-line";
import { temporaryFolder } from "../fixtures/photo-folder";

const HOOK = pathToFileURL(new URL("../fixtures/interrupt-at.mjs", import.meta.url).pathname).href;
const PHOTOS = 40;

let photos: ColouredPhotos;
beforeAll(async () => {
  photos = await colouredPhotos(PHOTOS);
  return photos.remove;
});

const interruptedAt = (message: number) => ({ NODE_OPTIONS: `--import ${HOOK}`, INTERRUPT_AT: String(message) });

describe("tag, interrupted", () => {
  test.each([1, 5, 21])("at message %i of its decoders, ends with 130 and prints no labels", async (at) => {
    const home = temporaryFolder();
    const csv = join(temporaryFolder(), "labels.csv");
    const { code, stdout, stderr } = await semblanceAlone(
      home,
      ["tag", photos.folder, "--pack", photos.pack, "--csv", csv],
      { env: interruptedAt(at) },
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: "",
      stderr: "semblance: Cancelled. What was done so far is kept.\n",
    });
    expect(existsSync(csv)).toBe(false);
  });

  test("labels every photo when it is run again", async () => {
    const home = temporaryFolder();
    const args = ["tag", photos.folder, "--pack", photos.pack];
    expect((await semblanceAlone(home, args, { env: interruptedAt(6) })).code).toBe(130);
    const { code, stdout } = await semblanceAlone(home, args);
    expect(code).toBe(0);
    const lines = jsonLines<{ labels: unknown[] }>(stdout);
    expect(lines).toHaveLength(PHOTOS);
    for (const { labels } of lines) expect(labels.length).toBeGreaterThan(0);
  });
});
