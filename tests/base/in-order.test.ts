import { expect, test } from "vitest";
import { mapInOrder } from "../../src-main/base/in-order";
import { createPixelQueue } from "../../src-main/workspace/pixel-queue";

const gathered = async <T>(results: AsyncIterable<T>) => {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
};

test("results come in the order of the items, even if a later one finishes first", async () => {
  const waits = [30, 1, 20, 1, 1];
  expect(
    await gathered(
      mapInOrder([0, 1, 2, 3, 4], 3, (i) => new Promise<number>((done) => setTimeout(() => done(i), waits[i]))),
    ),
  ).toEqual([0, 1, 2, 3, 4]);
  expect(await gathered(mapInOrder([], 3, () => Promise.resolve(1)))).toEqual([]);
});

test("runs at most the given number at once, and requests each item only when it can start", async () => {
  let [asked, atWork, most] = [0, 0, 0];
  function* items() {
    for (; asked < 10; asked++) yield asked;
  }
  const work = async () => {
    most = Math.max(most, ++atWork);
    await new Promise((done) => setTimeout(done, 1));
    atWork--;
  };
  const results = mapInOrder(items(), 4, work);
  await results.next();
  expect(asked).toBe(3);
  await gathered(results);
  expect([asked, most, atWork]).toEqual([10, 4, 0]);
});

test("a failure is thrown in its turn, and later ones cause no unhandled rejection", async () => {
  const results = mapInOrder([1, 2, 3], 3, (i) =>
    i === 1 ? Promise.resolve(i) : Promise.reject(new Error(`item ${i}`)),
  );
  expect(await results.next()).toEqual({ value: 1, done: false });
  await expect(results.next()).rejects.toThrow("item 2");
});

const decoded = (photo: number, bytes: number) => ({
  photo,
  version: `${photo}`,
  pixels: { data: new Uint8Array(bytes).fill(photo), width: bytes / 3, height: 1 },
});

test("pixels are queued in order, and their size is counted", () => {
  const kept = createPixelQueue(100);
  expect([kept.isEmpty, kept.isFull, kept.hasRoom]).toEqual([true, false, true]);
  kept.put([decoded(1, 60), decoded(2, 30)]);
  expect([kept.isEmpty, kept.isFull, kept.hasRoom]).toEqual([false, false, false]);
  kept.put([decoded(3, 60)]); // a batch may exceed the limit
  expect([kept.isFull, kept.has(3), kept.has(4)]).toEqual([true, true, false]);
  expect(kept.take(2).map(({ photo }) => photo)).toEqual([1, 2]);
  expect([kept.isFull, kept.hasRoom, kept.has(1)]).toEqual([false, true, false]);
  expect(kept.take(5).map(({ photo }) => photo)).toEqual([3]);
  kept.put([decoded(4, 100)]);
  kept.clear();
  expect([kept.isEmpty, kept.isFull, kept.take(1)]).toEqual([true, false, []]);
});

test("queued pixels keep only their own bytes in memory", () => {
  const kept = createPixelQueue(100);
  const message = new Uint8Array(1000).fill(7);
  kept.put([{ photo: 1, version: "1", pixels: { data: message.subarray(10, 40), width: 10, height: 1 } }]);
  const [
    {
      pixels: { data },
    },
  ] = kept.take(1);
  expect([data.length, data.buffer.byteLength, data[0]]).toEqual([30, 30, 7]);
});
