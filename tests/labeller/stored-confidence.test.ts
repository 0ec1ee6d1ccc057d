import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromStoredConfidence, storedConfidence, toStoredConfidence } from "../../src-main/labeller/stored-confidence";

test.each(["resources/packs/efficientnet-lite2", "tests/fixtures/packs/seed"])(
  "the confidence of %s keeps its stored keys and their order, so that its predictions don't become stale",
  (folder) => {
    const { confidence } = JSON.parse(readFileSync(`${folder}/projection.json`, "utf8")) as { confidence: unknown };
    const stored = storedConfidence.parse(confidence);
    const read = fromStoredConfidence(stored);
    expect(read.fewShot).toEqual(stored.taught);
    expect(read.apart?.inDistribution).toEqual(stored.apart?.shows);
    expect(JSON.stringify(toStoredConfidence(read))).toBe(JSON.stringify(stored));
    expect(toStoredConfidence(read)).toEqual(confidence);
  },
);
