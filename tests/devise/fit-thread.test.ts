import { expect, test } from "vitest";
import type { FitData, FitSettings } from "../../src-main/devise/fit";
import { fitInWorker, warmUpFitWorker } from "../../src-main/devise/fit-in-worker";

const data: FitData = {
  dimensions: 2,
  wordDimensions: 2,
  features: Float32Array.of(1, 0, 0, 1, 1, 0.5),
  truths: Int32Array.of(0, 1, 0),
  words: Float32Array.of(1, 0, 0, 1),
};
const settings: FitSettings = {
  loss: "hinge",
  margin: 0.1,
  violations: "first",
  steps: 20,
  batch: 8,
  learningRate: 0.1,
  decay: 0,
  seed: 1,
};

test("one thread repeats fits with identical results, and a stopped or failed fit does not affect the next", async () => {
  warmUpFitWorker();
  const first = await fitInWorker(data, settings);
  expect(first.losses).toHaveLength(20);
  expect((await fitInWorker(data, settings)).M).toEqual(first.M);
  await expect(fitInWorker({ ...data, truths: Int32Array.of(0, 1, 7) }, settings)).rejects.toMatchObject({
    code: "fit-failed",
  });
  const abort = new AbortController();
  const calledOff = fitInWorker(
    data,
    { ...settings, steps: 100_000 },
    { signal: abort.signal, onStep: () => abort.abort(new Error("enough")) },
  );
  await expect(calledOff).rejects.toThrow("enough");
  const both = await Promise.all([fitInWorker(data, settings), fitInWorker(data, settings)]);
  for (const { M } of both) expect(M).toEqual(first.M);
});
