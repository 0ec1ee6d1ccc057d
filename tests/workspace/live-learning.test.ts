import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  addModel,
  deleteLiveModels,
  isLatest,
  keepModel,
  listModels,
  needsFit,
  useModel,
} from "../../src-main/store/models";
import { annotate } from "../../src-main/store/verdicts";
import { ANNOTATIONS_PER_FIT, createLiveLearning, IDLE_PAUSE_MS } from "../../src-main/workspace/live-learning";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(can = () => true, on = () => true) {
  const ends: (() => void)[] = [];
  const ready = vi.fn();
  const live = createLiveLearning({
    isOn: on,
    ready,
    learn: () => (can() ? new Promise<void>((resolve) => ends.push(resolve)) : null),
  });
  return {
    live,
    ready,
    begun: () => ends.length,
    end: async () => {
      ends.at(-1)!();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

test("learns after a pause, or at once after twenty verdicts, and prepares its data at the first verdict", async () => {
  const { live, ready, begun, end } = watched();
  live.annotated(1);
  expect(ready).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(IDLE_PAUSE_MS - 1);
  live.annotated(1);
  vi.advanceTimersByTime(IDLE_PAUSE_MS - 1);
  expect(begun()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(begun()).toBe(1);
  await end();
  live.annotated(ANNOTATIONS_PER_FIT);
  expect(begun()).toBe(2);
});

test("learns one version at a time: verdicts given meanwhile are learned next, even after a failure", async () => {
  const { live, begun, end } = watched();
  live.annotated(ANNOTATIONS_PER_FIT);
  live.annotated(ANNOTATIONS_PER_FIT);
  expect(begun()).toBe(1);
  await end();
  expect(begun()).toBe(2);
  live.annotated(1);
  await end();
  expect(begun()).toBe(2);
  vi.advanceTimersByTime(IDLE_PAUSE_MS);
  expect(begun()).toBe(3);
});

test("waits while another model is fitted, and does nothing while disabled or after rest()", () => {
  let can = false;
  const { live, begun } = watched(() => can);
  live.annotated(ANNOTATIONS_PER_FIT);
  expect(begun()).toBe(0);
  can = true;
  vi.advanceTimersByTime(IDLE_PAUSE_MS);
  expect(begun()).toBe(1);
  const off = watched(undefined, () => false);
  off.live.annotated(ANNOTATIONS_PER_FIT);
  vi.advanceTimersByTime(2 * IDLE_PAUSE_MS);
  expect(off.begun()).toBe(0);
  const resting = watched();
  resting.live.annotated(1);
  resting.live.stop();
  vi.advanceTimersByTime(2 * IDLE_PAUSE_MS);
  expect(resting.begun()).toBe(0);
});

test("a live version replaces the previous one, saved versions stay, and going back stops live learning", () => {
  const store = emptyLibrary();
  addMockPhotos(store, 1);
  const add = (live: boolean) =>
    addModel(store, {
      kind: live ? "retrained" : "bundled",
      visualId: "v",
      wordsId: "w",
      projection: new Float32Array(1),
      E: 1,
      D: 1,
      settings: {},
      verdicts: 0,
      loss: null,
      seconds: 0,
      live,
    });
  const versions = () => listModels(store).map(({ model, live }) => (live ? -model : model));
  add(false);
  expect(needsFit(store)).toBe(false);
  annotate(store, { photos: [1], label: "own:a", verdict: "accept", name: "a" });
  expect(needsFit(store)).toBe(true);
  add(true);
  expect(needsFit(store)).toBe(false);
  const second = add(true);
  expect(versions()).toEqual([-second, 1]);
  keepModel(store, second);
  const third = add(true);
  expect(versions()).toEqual([-third, second, 1]);
  expect(isLatest(store)).toBe(true);
  useModel(store, second);
  expect(isLatest(store)).toBe(false);
  useModel(store, third);
  expect(deleteLiveModels(store, "v", "w")).toBe(1);
  expect(versions()).toEqual([second, 1]);
  expect(listModels(store).find(({ current }) => current)!.model).toBe(1);
});
