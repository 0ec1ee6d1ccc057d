/** A library labelled and searched by a text tower, through the engine. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closeStore } from "../../src-main/store/database";
import { openFolder } from "../../src-main/workspace/open-folder";
import { paintColour } from "../fixtures/coloured-photos";
import { openEngine } from "../fixtures/open-engine";
import { temporaryFolder } from "../fixtures/photo-folder";
import { COLOURS } from "../fixtures/small-onnx";
import { textNetwork, VOCABULARY, writeTextPack } from "../fixtures/text-pack";

const VIEW = { sort: "name", descending: false, group: "none" } as const;

/** Two photos of each colour, in a folder that was opened with a text pack and a list of labels. */
async function labelled(text: object = {}, labels = "tomato\nfrog\nocean\nlemon\nvegetable\nmy gadget\n") {
  const [folder, lists] = [temporaryFolder(), temporaryFolder()];
  for (const [i, { name }] of [...COLOURS, ...COLOURS].entries())
    await paintColour(join(folder, `${i}-${name}.png`), name, 60 + i);
  const engine = await openEngine();
  const labelSet = join(lists, "labels.txt");
  writeFileSync(labelSet, labels);
  const pack = writeTextPack(temporaryFolder(), { text });
  const { library, dispose } = await openFolder(engine.home, folder, { pack, labelSet });
  await dispose();
  closeStore(library.store);
  const { api } = engine;
  await api.openLibrary({ folder });
  await engine.idle();
  const nameOf = async (photo: number) => (await api.photo({ photo })).paths[0];
  const find = async (words: string) => {
    const { photos, confident, unknown, fault } = await api.browse({ ...VIEW, words });
    expect(fault).toBeNull();
    return { unknown, names: await Promise.all(photos.slice(0, confident).map(nameOf)) };
  };
  const labelsOf = async () =>
    Object.fromEntries(
      (await api.photosDetails({ photos: (await api.browse(VIEW)).photos })).map((photo) => [
        photo.paths[0],
        photo.labels.map(({ name }) => name),
      ]),
    );
  return { engine, api, folder, lists, find, labelsOf };
}

test("labels, sentences, own labels, retraining and exports work with a text pack", async () => {
  const { engine, api, lists, find, labelsOf } = await labelled();
  expect(await labelsOf()).toMatchObject({
    "0-tomato.png": ["tomato", "vegetable"],
    "1-frog.png": ["frog"],
    "6-ocean.png": ["ocean"],
    "7-lemon.png": ["lemon"],
  });
  // One query, with a word that no vocabulary has.
  expect(await find("a blue xqzzwk")).toEqual({ names: ["2-ocean.png", "6-ocean.png"], unknown: [] });
  expect((await find("vegetable")).names).toEqual(["0-tomato.png", "4-tomato.png"]);
  expect((await find("(red OR green) -label:tomato")).names).toEqual(["1-frog.png", "5-frog.png"]);
  expect(await api.countPhotos({ query: "NOT red" })).toEqual({ photos: 6 });

  const all = (await api.browse(VIEW)).photos;
  const frogs = [all[1], all[5]];
  await api.annotate({ photos: frogs, label: "own:my gadget", verdict: "accept" });
  await api.annotate({ photos: [all[0]], label: "wn:07749993", verdict: "reject" });
  await engine.ended((await api.retrain()).job);
  await engine.idle();
  expect((await labelsOf())["0-tomato.png"]).not.toContain("tomato");
  expect((await labelsOf())["1-frog.png"]).toContain("my gadget");
  expect((await find("my gadget")).names).toEqual(["1-frog.png", "5-frog.png"]);
  // The label's photos define it, so it is not part of the sentence.
  const { photos: both } = await api.browse({ ...VIEW, sort: "relevance", words: "green my gadget" });
  expect(both.slice(0, 2).sort()).toEqual(frogs);

  const file = join(lists, "labels.csv");
  await api.exportLabels({
    format: "csv",
    file,
    overwrite: false,
    text: "name",
    escapeFormulas: false,
    photos: null,
    labels: "shown",
    threshold: 0,
  });
  const rows = readFileSync(file, "utf8").split("\n");
  expect(rows).toContainEqual(expect.stringMatching(/^1-frog\.png,my gadget,1,added/) as string);
  await expect(
    api.exportLabeller({ file: join(lists, "l.onnx"), overwrite: false, top: 5, threshold: 0 }),
  ).rejects.toMatchObject({ code: "bad-pack", message: expect.stringContaining("words has a text tower") as string });
});

test("another label set embeds its labels and keeps the photos' features", async () => {
  const { engine, api, lists, labelsOf } = await labelled({ kind: "clip", scale: 20, bias: 0 });
  expect((await labelsOf())["2-ocean.png"]).toEqual(["ocean"]);
  const other = join(lists, "other.txt");
  writeFileSync(other, "lemon\nblue\n");
  await api.changeSettings({ labelSet: other });
  await engine.idle();
  const names = await labelsOf();
  expect(names["2-ocean.png"]).toEqual(["blue"]);
  expect(names["3-lemon.png"]).toEqual(["lemon"]);
  expect(engine.of("job").filter(({ kind, state }) => kind === "embed" && state === "done")).toHaveLength(1);
  expect(engine.of("job").some(({ kind, state }) => kind === "labels" && state === "done")).toBe(true);
});

test("a pack whose text tower fails leaves the library with its pack", async () => {
  const { engine, api, folder, labelsOf } = await labelled();
  const before = await labelsOf();
  await api.closeLibrary();
  const broken = writeTextPack(temporaryFolder(), {
    network: textNetwork(new Float32Array(4 * VOCABULARY).fill(1), 4),
  });
  await expect(openFolder(engine.home, folder, { pack: broken })).rejects.toMatchObject({
    code: "bad-pack",
    message: expect.stringMatching(/^Model pack .*: the text tower’s output embedding has the shape/) as string,
  });
  await api.openLibrary({ folder });
  await engine.idle();
  expect(await labelsOf()).toEqual(before);
});
