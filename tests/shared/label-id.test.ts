import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isLabelId,
  isLabelName,
  isOwnLabel,
  labelIdFault,
  MAX_LABEL_NAME_CHARS,
  mendedName,
  nameOfOwnLabel,
  ownLabel,
  ownLabelOrNull,
  parseLabelId,
  quotedName,
  shortenedName,
} from "../../src-shared/label-id";

const anyText = fc.string({ unit: "binary", maxLength: 300 });

test("an own label is made of a typed name: composed, trimmed, with single spaces", () => {
  expect(ownLabel("  Re\u0301my   and\u00a0Rex ")).toBe("own:Rémy and Rex");
  expect(ownLabel("🐕".repeat(MAX_LABEL_NAME_CHARS))).toBe(`own:${"🐕".repeat(MAX_LABEL_NAME_CHARS)}`);
});

test.each([
  ["two\nlines", "The label “two\\nlines” contains a line break."],
  ["two\u2028lines", "The label “two\\u2028lines” contains a line break."],
  ["\u001b[31mred", "The label “\\u001b[31mred” contains the control character U+001B."],
  ["nul\u0000", "The label “nul\\u0000” contains the control character U+0000."],
  ["half \ud83d", "The label “half \\ud83d” contains half of a character."],
  ["   ", "The label’s name is empty."],
  ["x".repeat(300), `The label “${"x".repeat(40)}…” has 300 characters; the maximum is 200.`],
])("refuses the name %j with a sentence that can be printed", (name, sentence) => {
  expect(() => ownLabel(name)).toThrow(
    expect.objectContaining({ code: "bad-label", message: expect.stringContaining(sentence) as string }) as Error,
  );
  expect(ownLabelOrNull(name)).toBeNull();
  expect(isLabelId(`own:${name}`)).toBe(false);
});

test.each([undefined, null, 5, "", "wn:", "wn:0208672", "wn:020867233", "wn:02086723\n", "own:", "Rex", "OWN:Rex"])(
  "%j is not an id",
  (value) => {
    expect(isLabelId(value)).toBe(false);
    expect(labelIdFault(value)).toBeTypeOf("string");
    expect(() => parseLabelId(value)).toThrow(expect.objectContaining({ code: "bad-label" }) as Error);
  },
);

test("any name that is accepted makes an id that is accepted and has that name", () => {
  fc.assert(
    fc.property(anyText, (typed) => {
      const label = ownLabelOrNull(typed);
      if (label === null) return;
      expect(parseLabelId(label)).toBe(label);
      expect(isOwnLabel(label)).toBe(true);
      expect(ownLabel(nameOfOwnLabel(label))).toBe(label);
    }),
  );
});

test("mending any text gives a valid name or nothing, and leaves tidy names as they are", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = mendedName(text);
      expect(name === "" || isLabelName(name)).toBe(true);
      expect(mendedName(name)).toBe(name);
      const tidy = ownLabelOrNull(text);
      if (tidy !== null && text === nameOfOwnLabel(tidy)) expect(mendedName(text).normalize("NFC")).toBe(text);
    }),
  );
  expect(mendedName(" two\r\n\u001b[31m  lines\u0000")).toBe("two [31m lines");
  expect(mendedName("\n\u0000\u001b")).toBe("");
});

test("a name is cut between characters as people see them", () => {
  const family = "👨‍👩‍👧‍👦"; // 7 code points
  expect(shortenedName(`ab${family}`, 8)).toBe("ab");
  expect(shortenedName(`ab${family}`, 9)).toBe(`ab${family}`);
  expect(shortenedName("ne\u0301e", 2)).toBe("n");
  // one character that is longer than any name
  expect([...shortenedName(`e${"\u0301".repeat(300)}`, 200)]).toHaveLength(200);
});

test("a quoted name holds nothing that a terminal would obey", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(quotedName(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});

test("no other file knows how an id is made", () => {
  const files = globSync("src-{main,shared,preload,renderer}/**/*.{ts,svelte}").filter(
    (file) => !file.endsWith("label-id.ts") && !file.endsWith("contract/ids.ts"),
  );
  expect(files.length).toBeGreaterThan(300);
  const code = (file: string) => readFileSync(file, "utf8").replace(/^\s*(\/?\*|\/\/).*$/gm, "");
  // A literal id such as "own:stop sign" is none of this; a prefix, a pattern or a template is.
  const handles = /(["'`^(|])own:(["'`$.[]|\))|own:\.\+|\\p\{Cs\}/;
  expect(files.filter((file) => handles.test(code(file)))).toEqual([]);
});
