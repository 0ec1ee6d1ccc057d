import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { joinSentences, labelRows } from "../../src-main/labeller/label-rows";
import { about, labelSentences } from "../../src-main/labeller/label-sentences";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { readPack } from "../../src-main/vision/pack";
import { loadTextTower } from "../../src-main/vision/text-tower";
import type { LabelId } from "../../src-shared/contract";
import { temporaryFolder } from "../fixtures/photo-folder";
import { FEATURES } from "../fixtures/small-onnx";
import { writeTextPack } from "../fixtures/text-pack";

const lexicon = readLexicon();
const label = (name: string) => lexicon.meant(name);

test("a label's sentences are prompts about its name, the name, synonyms and WordNet's definition", () => {
  const car = labelSentences(lexicon, label("car"), ["a photo of a {}.", "{}, outdoors"]);
  expect(car.slice(0, 3)).toEqual(["a photo of a car.", "car, outdoors", "car"]);
  expect(car).toContain("a photo of an auto.");
  expect(car.at(-1)).toBe("car, a motor vehicle with four wheels; usually propelled by an internal combustion engine");
  expect(labelSentences(lexicon, "own:Rex", ["a photo of a {}."])).toEqual(["a photo of a Rex.", "Rex"]);
  expect(about("A picture of a {}", "owl")).toBe("A picture of an owl");
  expect(about("{} in a {}", "$&")).toBe("$& in a {}");
});

test("a sentence far from the prompts counts little, and one opposite to them not at all", () => {
  const row = (...sentences: number[][]) => [...joinSentences(Float32Array.from(sentences.flat()), 1, 2)];
  expect(row([1, 0], [0, 1])).toEqual([1, 0]);
  expect(row([1, 0], [-1, 0])).toEqual([1, 0]);
  const [x, y] = row([1, 0], [0.8, 0.6]);
  expect(y / x).toBeCloseTo((0.64 * 0.6) / (1 + 0.64 * 0.8), 5);
});

test("a label is embedded once per pack, and again after its row was cut off or damaged", async () => {
  const [home, pack] = [temporaryFolder(), readPack(writeTextPack(temporaryFolder()))];
  const real = await loadTextTower(pack, 1);
  let embedded = 0;
  const tower = { embed: (sentences: readonly string[]) => ((embedded += sentences.length), real.embed(sentences)) };
  const labels: LabelId[] = [label("tomato"), label("frog"), "own:Rex", label("tomato")];
  const make = async (some = labels) => {
    embedded = 0;
    return labelRows({ home, pack, lexicon, tower }, some);
  };
  const progress: number[] = [];
  const rows = await labelRows({ home, pack, lexicon, tower }, labels, (work) =>
    work({ progress: (done) => progress.push(done) }),
  );
  expect(progress).toEqual([0, 3]);
  expect(rows).toHaveLength(labels.length * FEATURES);
  expect(rows.subarray(3 * FEATURES)).toEqual(rows.subarray(0, FEATURES));
  expect(await make()).toEqual(rows);
  expect(embedded).toBe(0);
  const [name] = readdirSync(join(home, "label-rows"));
  const file = join(home, "label-rows", name);
  truncateSync(file, statSync(file).size - 5);
  expect(await make()).toEqual(rows);
  expect(embedded).toBe(2); // Rex alone
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(255, 40, 44));
  expect(await make()).toEqual(rows);
  expect(embedded).toBeGreaterThan(2);
  await make([...labels, label("lemon")]);
  expect(embedded).toBe(labelSentences(lexicon, label("lemon"), pack.text!.prompts).length);
});

test("embedding stops when it is cancelled, and keeps what it has", async () => {
  const [home, pack] = [temporaryFolder(), readPack(writeTextPack(temporaryFolder()))];
  const tower = await loadTextTower(pack, 1);
  const labels = lexicon.labelSet("everyday", []).labels.slice(0, 40);
  const stop = new AbortController();
  const stopped = labelRows({ home, pack, lexicon, tower }, labels, (work) =>
    work({ signal: stop.signal, progress: (done) => done > 0 && stop.abort(new Error("stopped")) }),
  );
  await expect(stopped).rejects.toThrow("stopped");
  const totals: number[] = [];
  await labelRows({ home, pack, lexicon, tower }, labels, (work) =>
    work({ progress: (_, total) => totals.push(total) }),
  );
  expect(totals[0]).toBeLessThan(labels.length);
});

test("a tower that gives a label no direction is refused", async () => {
  const pack = readPack(writeTextPack(temporaryFolder()));
  const tower = { embed: (all: readonly string[]) => Promise.resolve(new Float32Array(all.length * FEATURES)) };
  await expect(labelRows({ home: temporaryFolder(), pack, lexicon, tower }, ["own:Rex"])).rejects.toMatchObject({
    code: "bad-pack",
    message: expect.stringContaining("gives “a photo of a Rex.” no direction") as string,
  });
});
