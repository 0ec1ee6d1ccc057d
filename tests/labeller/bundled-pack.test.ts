import { expect, test } from "vitest";
import { BUNDLED_PACK } from "../../src-main/base/default-pack";
import { packFolder } from "../../src-main/base/resources";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { readProjection } from "../../src-main/labeller/pack-projection";
import { readPack } from "../../src-main/vision/pack";

test("the bundled projection was fitted for the bundled network, preprocessing and words", () => {
  const pack = readPack(packFolder(BUNDLED_PACK));
  const { vocabulary } = readLexicon();
  const projection = readProjection(pack, vocabulary.id, vocabulary.dimensions, "no folder")!;
  expect(projection.M).toHaveLength(vocabulary.dimensions * pack.dimensions);
  const { objects, scenes, joined, search, keptFrom } = projection.confidence;
  expect([objects, joined, search, keptFrom]).not.toContain(undefined);
  expect(scenes).toHaveLength(pack.scenes!.classes.length);
  for (const { kind, classes } of pack.detection!.detectors)
    if (kind === "objects") expect(objects!.right.biases).toHaveLength(classes.length);
});
