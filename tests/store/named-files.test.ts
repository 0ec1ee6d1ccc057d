import { expect, test } from "vitest";
import type { Store } from "../../src-main/store/database";
import { addPhoto, photoWithHash, putFile } from "../../src-main/store/identity";
import { fileFinder } from "../../src-main/store/named-files";
import { emptyLibrary } from "../fixtures/photo-folder";

function libraryWith(paths: string[], photoOf: (i: number) => number = (i) => i): Store {
  const store = emptyLibrary();
  store.db.transaction(() =>
    paths.forEach((path, i) => {
      const hash = Buffer.alloc(32);
      hash.writeUInt32LE(photoOf(i) + 1);
      const content = { hash, size: 1, mtimeMs: 0 };
      putFile(store, path, photoWithHash(store, hash) ?? addPhoto(store, content), content);
    }),
  )();
  return store;
}

test("finds a photo by the end of its path, unless several photos have it", () => {
  const store = libraryWith(["a/b/IMG.jpg", "c/b/IMG.jpg", "c/IMG.jpg", "d/e/Zürich.jpg", "MyIMG.jpg"]);
  const find = fileFinder(store);
  expect(find("a/b/IMG.jpg")).toEqual({ photo: 1 });
  expect(find(`${store.folder}/c/IMG.jpg`)).toEqual({ photo: 3 });
  expect(find("./d\\e\\Zu\u0308rich.jpg")).toEqual({ photo: 4 });
  expect(find("../e/Zürich.jpg")).toEqual({ photo: 4 });
  expect(find("b/IMG.jpg")).toEqual({
    reason: "2 photos have this name: a/b/IMG.jpg, c/b/IMG.jpg. Add the folder to the path.",
  });
  expect(find("IMG.jpg")).toEqual({
    reason: "3 photos have this name: a/b/IMG.jpg, c/IMG.jpg, c/b/IMG.jpg. Add the folder to the path.",
  });
  for (const path of ["x/IMG.jpg", "urich.jpg", "", "/", "IMG.jpg/"])
    expect(find(path)).toEqual({
      reason: "No photo of this library has this path. Check that it is relative to the library’s folder.",
    });
});

test("takes exact duplicates for one photo, and lists the first three of many", () => {
  const find = fileFinder(
    libraryWith(["a/x.jpg", "b/x.jpg", "a/y.jpg", "b/y.jpg", "c/y.jpg", "d/y.jpg"], (i) => (i < 2 ? 0 : i)),
  );
  expect(find("x.jpg")).toEqual({ photo: 1 });
  expect(find("y.jpg")).toEqual({
    reason: "4 photos have this name: a/y.jpg, b/y.jpg, c/y.jpg and others. Add the folder to the path.",
  });
});

/** Counts the steps of array iterators, comparisons of text ends, and calls on maps and sets, while `work` runs. */
function countedSteps(work: () => void): number {
  let steps = 0;
  const restore: (() => void)[] = [];
  const count = (prototype: object, name: string | symbol): void => {
    const { value: original } = Object.getOwnPropertyDescriptor(prototype, name)! as {
      value: (...args: unknown[]) => unknown;
    };
    Object.assign(prototype, {
      [name](this: unknown, ...args: unknown[]) {
        steps++;
        return original.apply(this, args);
      },
    });
    restore.push(() => Object.assign(prototype, { [name]: original }));
  };
  count(Object.getPrototypeOf([][Symbol.iterator]()) as object, "next");
  count(String.prototype, "endsWith");
  for (const name of ["get", "set", "has"]) count(Map.prototype, name);
  for (const name of ["add", "has"]) count(Set.prototype, name);
  try {
    work();
  } finally {
    for (const undo of restore) undo();
  }
  return steps;
}

test("the work of finding all of n files with one name grows as n does", () => {
  const stepsFor = (n: number): number => {
    const store = libraryWith(Array.from({ length: n }, (_, i) => `a/${i}/IMG.jpg`));
    return countedSteps(() => {
      const find = fileFinder(store);
      for (let i = 0; i < n; i++) if (!("photo" in find(`${i}/IMG.jpg`))) throw new Error(`${i} not found`);
    });
  };
  const [few, many] = [stepsFor(100), stepsFor(400)];
  expect(many).toBeGreaterThan(400); // the count sees the work
  expect(many / few).toBeLessThan(5);
});
