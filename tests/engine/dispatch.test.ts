import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { dispatch } from "../../src-main/engine/dispatch";
import { ARGUMENTS } from "../../src-shared/arguments";
import type { Api, CallName, LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Answers every call with its arguments. */
function echo() {
  const seen: { name: string; args: unknown[] }[] = [];
  const handlers = Object.fromEntries(
    Object.keys(ARGUMENTS).map((name) => [
      name,
      async (...args: unknown[]) => {
        seen.push({ name, args });
        return args;
      },
    ]),
  ) as unknown as Api;
  return { handlers, seen };
}

async function codeOf(call: unknown) {
  const reply = await dispatch(echo().handlers, call);
  return reply.ok ? "ok" : reply.error.code;
}

const annotate = (photos: unknown, label: unknown) => ({
  name: "annotate",
  args: [{ photos, label, verdict: "accept" }],
});

describe("accepted calls", () => {
  test("a valid call reaches its handler with its arguments", async () => {
    const { handlers, seen } = echo();
    const call = annotate([1, 2], "own:Rex");
    expect(await dispatch(handlers, call)).toEqual({ ok: true, value: call.args });
    expect(seen).toEqual([call]);
  });

  test.each<[string, unknown]>([
    ["a synset", annotate([1], "wn:02086723")],
    ["an own label in any script", annotate([1], "own:Šárka 🐕 東京")],
    ["a name of 200 characters beyond the basic plane", annotate([1], `own:${"🐕".repeat(200)}`)],
    ["a call without arguments", { name: "library", args: [] }],
    ["an omitted optional path", { name: "subfolders", args: [{}] }],
    [
      "the root folder of a library",
      { name: "browse", args: [{ folder: "", sort: "name", descending: false, group: "none" }] },
    ],
  ])("%s", async (_, call) => expect(await codeOf(call)).toBe("ok"));
});

describe("refused calls", () => {
  test.each<[string, unknown]>([
    ["seven digits", annotate([1], "wn:0208672")],
    ["an empty name", annotate([1], "own:")],
    ["a name of 201 characters", annotate([1], `own:${"x".repeat(201)}`)],
    ["a line break in a name", annotate([1], "own:Rex\nRex")],
    ["half a surrogate pair", annotate([1], "own:\ud83d")],
    ["a photo 0", annotate([0], "own:Rex")],
    ["a photo 1.5", annotate([1.5], "own:Rex")],
    ["a string as a photo", annotate(["1"], "own:Rex")],
    [
      "more than a million photos",
      annotate(
        Array.from({ length: 1_000_001 }, () => 1),
        "own:Rex",
      ),
    ],
    ["an unknown field", { name: "photo", args: [{ photo: 1, path: "/etc/passwd" }] }],
    ["a second argument", { name: "photo", args: [{ photo: 1 }, {}] }],
    ["no arguments", { name: "photo" }],
    ["an unexpected argument", { name: "undo", args: [{}] }],
    ["a threshold above 1", { name: "changeSettings", args: [{ threshold: 1.1 }] }],
    ["another data folder", { name: "changeSettings", args: [{ dataFolder: "/" }] }],
    ["a path of 4097 characters", { name: "openLibrary", args: [{ folder: "x".repeat(4097) }] }],
    ["a path with a NUL", { name: "openLibrary", args: [{ folder: "/photos\0/x" }] }],
    ["words of 501 characters", { name: "suggestLabels", args: [{ text: "x".repeat(501), limit: 5 }] }],
  ])("%s", async (_, call) => expect(await codeOf(call)).toBe("bad-arguments"));

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a number", 5],
    ["an unknown name", { name: "format", args: [] }],
    ["an inherited property's name", { name: "constructor", args: [] }],
    ["a prototype", { name: "__proto__", args: [] }],
    ["no name", { args: [] }],
  ])("%s is an unknown call", async (_, call) => expect(await codeOf(call)).toBe("unknown-call"));

  test("the message names the call and the argument at fault", async () => {
    const reply = await dispatch(echo().handlers, annotate([1, 2, -3], "own:Rex"));
    expect(reply).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/^annotate: photos\.2: /) as string },
    });
  });
});

describe("errors from a handler", () => {
  test("a refusal keeps its code", async () => {
    const undo = () => Promise.reject(new Refusal("nothing-to-learn", "there is nothing to learn"));
    expect(await dispatch({ undo }, { name: "undo", args: [] })).toEqual({
      ok: false,
      error: { code: "nothing-to-learn", message: "there is nothing to learn" },
    });
  });

  test("any other error becomes internal and is logged", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const undo = () => {
      throw new TypeError("undo is undefined");
    };
    expect(await dispatch({ undo }, { name: "undo", args: [] })).toEqual({
      ok: false,
      error: { code: "internal", message: "undo is undefined" },
    });
    expect(log).toHaveBeenCalledOnce();
  });

  test("a call that another process answers is unknown here", async () => {
    expect(await dispatch({ undo: async () => ({ undone: null }) }, { name: "redo", args: [] })).toMatchObject({
      error: { code: "unknown-call" },
    });
  });
});

// guarantee: every-call-checked
test("no input makes it throw or reaches a handler with arguments that do not fit", async () => {
  const names = fc.oneof(fc.constantFrom(...(Object.keys(ARGUMENTS) as CallName[])), fc.string());
  const fields = fc.constantFrom(
    "photo",
    "photos",
    "label",
    "folder",
    "path",
    "words",
    "threshold",
    "verdict",
    "limit",
    "text",
    "model",
    "job",
    "file",
    "sort",
  );
  const values = fc.oneof(
    fc.integer(),
    fc.array(fc.integer()),
    fc.constantFrom<LabelId | "accept" | "name">("own:Rex", "accept", "name"),
    fc.anything(),
  );
  const args = fc.oneof(
    fc.array(fc.dictionary(fields, values), { maxLength: 2 }),
    fc.array(fc.anything()),
    fc.anything(),
  );
  const calls = fc.oneof(fc.record({ name: names, args }), fc.anything({ withNullPrototype: true }));
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      const { handlers, seen } = echo();
      const reply = await dispatch(handlers, call);
      expect(typeof reply.ok).toBe("boolean");
      for (const { name, args: given } of seen) expect(ARGUMENTS[name as CallName].safeParse(given).success).toBe(true);
      if (!reply.ok) expect(seen).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test("objects whose properties throw get an error reply", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const trap = new Proxy(
    {},
    {
      get() {
        throw new Error("no");
      },
    },
  );
  expect(await dispatch(echo().handlers, trap)).toMatchObject({ ok: false, error: { code: "internal" } });
});
