import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJobs } from "../../src-main/base/jobs";
import { embeddingMap, makeEmbeddingMap } from "../../src-main/features/browse/embedding-map";
import { exampleEvidence } from "../../src-main/features/browse/example-evidence";
import { resolveLabels } from "../../src-main/features/browse/resolve-labels";
import { findLabelIssues } from "../../src-main/features/review/label-issues";
import { reviewQueue } from "../../src-main/features/review/review-queue";
import { annotate } from "../../src-main/store/verdicts";
import { closeFolder } from "../../src-main/workspace/close-folder";
import { labelFolder } from "../../src-main/workspace/label-folder";
import { cacheSlot, createLibraryCaches } from "../../src-main/workspace/library-caches";
import { openFolder } from "../../src-main/workspace/open-folder";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { createSession, type Session } from "../../src-main/workspace/session";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const job = {
  job: 1,
  signal: new AbortController().signal,
  isPaused: false,
  progress: () => undefined,
  phase: () => undefined,
  yield: async () => undefined,
};

describe("the holder", () => {
  const numbers = cacheSlot<number[]>("numbers");
  const others = cacheSlot<number[]>("numbers");

  test("keeps a value for as long as its sources are the same, in its own slot", () => {
    const caches = createLibraryCaches();
    const [ranker, another] = [{}, {}];
    const first = caches.reuse(numbers, [ranker, 1], () => [1]);
    expect(caches.reuse(numbers, [ranker, 1], () => [2])).toBe(first);
    expect(caches.get(others)).toBeUndefined();
    expect(caches.reuse(numbers, [ranker, 2], () => [3])).toEqual([3]);
    expect(caches.reuse(numbers, [another, 2], () => [4])).toEqual([4]);
    expect(caches.reuse(numbers, [another], () => [5])).toEqual([5]);
    caches.set(others, [6]);
    // @ts-expect-error a slot takes values of its type only
    void (() => caches.set(others, ["6"]));
    expect([caches.get(numbers), caches.get(others)]).toEqual([[5], [6]]);
    caches.delete(numbers);
    expect([caches.get(numbers), caches.get(others)]).toEqual([undefined, [6]]);
  });

  test("doesn't keep the sources in memory", async () => {
    const caches = createLibraryCaches();
    const fill = () => {
      const ranker = { weights: new Float32Array(1000) };
      caches.reuse(numbers, [ranker], () => [1]);
      return new WeakRef(ranker);
    };
    const ranker = fill();
    await setImmediate(); // a reference made in this task counts until it ends
    setFlagsFromString("--expose-gc");
    (runInNewContext("gc") as () => void)();
    expect(ranker.deref()).toBeUndefined();
    expect(caches.get(numbers)).toEqual([1]);
    expect(caches.reuse(numbers, [undefined], () => [2])).toEqual([2]);
  });

  test("keeps nothing if the value can't be made", () => {
    const caches = createLibraryCaches();
    expect(() =>
      caches.reuse(numbers, [], () => {
        throw new Error("unreadable");
      }),
    ).toThrow("unreadable");
    expect(caches.filled()).toEqual([]);
    expect(caches.reuse(numbers, [], () => [1])).toEqual([1]);
  });

  test("is empty after dispose, and stays empty", async () => {
    const caches = createLibraryCaches();
    caches.set(numbers, [1]);
    const late = setImmediate().then(() => caches.set(numbers, [2]));
    caches.dispose();
    expect(caches.get(numbers)).toBeUndefined();
    await late;
    expect(caches.reuse(others, [], () => [3])).toEqual([3]);
    expect([caches.get(numbers), caches.get(others), caches.filled()]).toEqual([undefined, undefined, []]);
  });
});

async function photoFolder(): Promise<string> {
  const folder = temporaryFolder();
  for (let i = 0; i < 8; i++) await paint(join(folder, `${i}.jpg`), i);
  return folder;
}

/** Does what a user would do with a labelled library, so that all its caches fill. */
async function useAll(library: OpenLibrary): Promise<void> {
  const { store } = library;
  for (const [photo, label] of [1, 2, 3, 4, 5, 6].map((id) => [id, id % 2 === 0 ? "own:Rex" : "own:Bella"] as const))
    annotate(store, { photos: [photo], label, verdict: "accept", name: label });
  await makeEmbeddingMap(library, job);
  expect((await embeddingMap(library))?.photos).toHaveLength(8);
  await findLabelIssues(library, 5);
  await reviewQueue(library, 5);
  library.lexicon.meant("Rex");
  expect(resolveLabels(library, "Rex", false, { from: 0, to: 3 })).toEqual(["own:Rex"]);
  exampleEvidence(library, ["own:Rex"], [7, 8]);
  expect(library.caches.filled().toSorted()).toEqual([
    "PCA features",
    "disagreements of classifier and projection",
    "embedding map",
    "few-shot classifier",
    "kinds of labels",
    "label issues",
    "labels by the user’s names",
    "review queue",
    "specificity of labels",
  ]);
}

async function idle({ jobs }: Session): Promise<void> {
  while (jobs.list().some(({ state }) => state === "running" || state === "paused")) await setTimeout(10);
}

async function openSession(): Promise<Session> {
  const session = createSession(temporaryFolder(), () => undefined);
  onTestFinished(async () => {
    session.disk.stop();
    await session.close();
  });
  await session.open(await photoFolder());
  await idle(session);
  return session;
}

test("closing the library empties its caches, and work that ends later doesn't fill them again", async () => {
  const session = await openSession();
  const library = session.library();
  await useAll(library);
  annotate(library.store, { photos: [7], label: "own:Rex", verdict: "accept", name: "Rex" });
  const use = () => Promise.allSettled([findLabelIssues(library, 5), reviewQueue(library, 5), embeddingMap(library)]);
  const before = use();
  const closing = session.close();
  while (library.caches.filled().length > 0) await setImmediate();
  const late = use(); // the store stays open until the networks have ended
  await Promise.all([before, closing, late]);
  expect(library.caches.filled()).toEqual([]);
});

test("opening another library empties the caches of the one before", async () => {
  const session = await openSession();
  const library = session.library();
  await useAll(library);
  await session.open(await photoFolder());
  expect(library.caches.filled()).toEqual([]);
});

test("replacing the pack drops everything, and the library starts with empty caches", async () => {
  const session = await openSession();
  const before = session.library();
  await useAll(before);
  await session.changePack(() => undefined);
  const after = session.library();
  expect(after.store).toBe(before.store);
  expect(before.caches.filled()).toEqual([]);
  expect(after.caches.filled()).toEqual([]);
  await idle(session);
  await useAll(after);
  expect(before.caches.filled()).toEqual([]);
});

test("a folder that the command line closes empties its caches", async () => {
  const opened = await openFolder(temporaryFolder(), await photoFolder());
  const jobs = createJobs(() => undefined);
  await labelFolder(opened.library, jobs, opened, { changed: () => undefined }).finished;
  await useAll(opened.library);
  await closeFolder(opened, jobs);
  expect(opened.library.caches.filled()).toEqual([]);
  expect(opened.library.store.db.open).toBe(false);
});
