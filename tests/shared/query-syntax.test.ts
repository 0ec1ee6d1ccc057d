import fc from "fast-check";
import { type LiqeQuery, parse as parseWithLiqe } from "liqe";
import { describe, expect, test } from "vitest";
import { isFieldName, readBytes, readDate, readNumber, readShare } from "../../src-shared/query/fields";
import { conjuncts, parseQuery, type Query, QueryFault, queryText } from "../../src-shared/query/syntax";
import { quoteValue, quoteWord, tokensOf } from "../../src-shared/query/tokens";

/** A query as text, without positions and quotation marks: `(and word:dog (not label:=cat))`. */
function shape(query: Query): string {
  switch (query.is) {
    case "and":
    case "or":
      return `(${[query.is, ...query.parts.map(shape)].join(" ")})`;
    case "not":
      return `(not ${shape(query.part)})`;
    case "word":
      return `word:${JSON.stringify(query.text)}`;
    case "field":
      return `${query.name}${query.comparison}${query.value.is === "range" ? JSON.stringify([query.value.least, query.value.most]) : JSON.stringify(query.value.text)}`;
  }
}
const read = (text: string) => shape(parseQuery(text));
function faultOf(text: string): { message: string; blamed: string } {
  try {
    parseQuery(text);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return { message: error.message, blamed: text.slice(error.span.from, error.span.to) };
  }
  throw new Error(`“${text}” can be read`);
}

describe("parsing a query", () => {
  test.each([
    ["", "(and)"],
    ["golden retriever", '(and word:"golden" word:"retriever")'],
    ['"golden retriever"', 'word:"golden retriever"'],
    [
      "rock'n'roll C++ tree-house IMG_1(2) café 日本",
      `(and word:"rock'n'roll" word:"C++" word:"tree-house" word:"IMG_1(2)" word:"café" word:"日本")`,
    ],
    ["Tokyo: night 12:30", '(and word:"Tokyo:" word:"night" word:"12:30")'],
    ["dogs and cats or not", '(and word:"dogs" word:"and" word:"cats" word:"or" word:"not")'],
    ["label:dog", 'label:"dog"'],
    ["Label:dog", 'label:"dog"'],
    ['label:="golden retriever"', 'label:="golden retriever"'],
    ["folder:2025/north", 'folder:"2025/north"'],
    [String.raw`folder:"C:\new \"old\" \\"`, String.raw`folder:"C:\\new \"old\" \\"`],
    ["taken:>=2024-05-01", 'taken:>="2024-05-01"'],
    ["taken:[2024-01-01 TO 2024-03-31]", 'taken:["2024-01-01","2024-03-31"]'],
    ["taken:[ * TO 2024 ] x", '(and taken:[null,"2024"] word:"x")'],
    ["-label:dog NOT is:failed", '(and (not label:"dog") (not is:"failed"))'],
    ["a b OR c AND d", '(or (and word:"a" word:"b") (and word:"c" word:"d"))'],
    ["a (b OR c) -(d e)", '(and word:"a" (or word:"b" word:"c") (not (and word:"d" word:"e")))'],
    ["a (b", '(and word:"a" word:"b")'],
    ['label:"unclosed text', 'label:"unclosed text"'],
    ["nonsense:x", 'nonsense:"x"'],
    ["label:", 'label:""'],
    ["a - b", '(and word:"a" word:"-" word:"b")'],
  ])("%s", (text, expected) => expect(read(text)).toBe(expected));

  test.each([
    ["dog OR", "OR", /after OR/],
    ["dog OR OR cat", "OR", /after OR/],
    ["AND dog", "AND", /before AND/],
    ["dog NOT", "NOT", /after NOT/],
    ["NOT", "NOT", /after NOT/],
    ["dog )", ")", /no opening bracket/],
    [")", ")", /no opening bracket/],
    ["dog ()", "()", /brackets are empty/],
    ["( ", "(", /brackets are empty/],
  ])("refuses %s and names “%s” as the fault", (text, blamed, message) => {
    const fault = faultOf(text);
    expect(fault.blamed).toBe(blamed);
    expect(fault.message).toMatch(message);
  });
});

test("any text either parses or has an error within it, and its tokens cover everything but spaces", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        "label:",
        "AND",
        "OR",
        "NOT",
        "-",
        "(",
        ")",
        '"',
        "[",
        "]",
        "TO",
        " ",
        "\\",
        "taken:>",
        ":",
        "*",
        "dog",
      ),
      fc.string({ maxLength: 4 }),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 16 },
  );
  fc.assert(
    fc.property(
      pieces.map((parts) => parts.join("")),
      (text) => {
        let end = 0;
        for (const { from, to } of tokensOf(text, isFieldName)) {
          expect(text.slice(end, from).trim()).toBe("");
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(text.slice(end).trim()).toBe("");
        try {
          expect(parseQuery(text).to).toBeLessThanOrEqual(text.length);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryFault);
          const { from, to } = (error as QueryFault).span;
          expect(0 <= from && from < to && to <= text.length).toBe(true);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

const texts = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });
test("any text matches itself when written as a value or as a word", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const field = parseQuery(`label:${quoteValue(text)}`);
      expect(field.is === "field" && field.value.is === "text" && field.value.text).toBe(text);
      const word = parseQuery(quoteWord(text));
      expect(word.is === "word" && word.text).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

const { query: queries } = fc.letrec<{ query: string; many: string }>((tie) => ({
  query: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    texts.map(quoteWord),
    fc
      .tuple(fc.constantFrom("label", "taken", "width", "is"), fc.constantFrom(":", ":=", ":>", ":<="), texts)
      .map(([name, comparison, text]) => `${name}${comparison}${quoteValue(text)}`),
    fc.constantFrom("taken:[2024 TO *]", "width:[1 TO 20]"),
    tie("many").map((text) => `-(${text})`),
    tie("query").map((text) => `NOT ${text}`),
    tie("many").map((text) => `(${text})`),
    tie("many"),
  ),
  many: fc
    .tuple(tie("query"), fc.constantFrom(" ", " AND ", " OR "), tie("query"))
    .map(([a, between, b]) => a + between + b),
}));
test("a query that is written out parses to the same query", () => {
  fc.assert(
    fc.property(queries, (text) => {
      const query = parseQuery(text);
      expect(shape(parseQuery(queryText(query)))).toBe(shape(query));
    }),
    { numRuns: 1000 },
  );
});

test("positions refer to the text", () => {
  const text = '  dog (label:"golden retriever" OR taken:[2024 TO 2025])';
  const [word, either] = conjuncts(parseQuery(text));
  expect(text.slice(word.from, word.to)).toBe("dog");
  expect(text.slice(either.from, either.to)).toBe('(label:"golden retriever" OR taken:[2024 TO 2025])');
  if (either.is !== "or" || either.parts[0].is !== "field") throw new Error("not as expected");
  expect(text.slice(either.parts[0].value.from, either.parts[0].value.to)).toBe('"golden retriever"');
});

describe("liqe, an independent parser of the same language", () => {
  /** Its tree in our shape. All its operators have the same precedence, so the test puts brackets between them. */
  function shapeOf(query: LiqeQuery): string {
    switch (query.type) {
      case "EmptyExpression":
        return "(and)";
      case "ParenthesizedExpression":
        return shapeOf(query.expression as LiqeQuery);
      case "UnaryOperator":
        return `(not ${shapeOf(query.operand as LiqeQuery)})`;
      case "LogicalExpression": {
        const is = query.operator.operator.toLowerCase();
        const sides = [query.left, query.right].map((side) => ({
          side: side as LiqeQuery,
          shape: shapeOf(side as LiqeQuery),
        }));
        return `(${is} ${sides.map(({ side, shape }) => (side.type === "LogicalExpression" && shape.startsWith(`(${is} `) ? shape.slice(is.length + 2, -1) : shape)).join(" ")})`;
      }
      case "Tag": {
        const { expression } = query;
        if (expression.type !== "LiteralExpression") throw new Error(`${expression.type} is not compared`);
        return query.field.type === "ImplicitField"
          ? `word:${JSON.stringify(String(expression.value))}`
          : `${query.field.name}${query.operator.operator}${JSON.stringify(String(expression.value))}`;
      }
    }
  }
  const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/).filter((text) => !["true", "false", "null"].includes(text));
  const term = fc.oneof(
    word,
    word.map((text) => `"${text} x"`),
    fc
      .tuple(
        fc.constantFrom("label", "name"),
        fc.oneof(
          word,
          word.map((text) => `"${text} y"`),
        ),
      )
      .map(([name, text]) => `${name}:${text}`),
    fc.integer({ min: 1, max: 999 }).map((n) => `width:>${n}`),
  );
  const list = (operator: string) =>
    fc
      .array(fc.tuple(fc.boolean(), term), { minLength: 1, maxLength: 4 })
      .map((terms) => terms.map(([not, text]) => (not ? `NOT ${text}` : text)).join(operator));

  test("parses the same queries alike", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(" ", " AND ", " OR ").chain((operator) => fc.tuple(list(operator), list(operator))),
        fc.constantFrom(" AND ", " OR "),
        ([one, other], operator) => {
          for (const text of [one, `(${one})${operator}(${other})`]) {
            expect(read(text)).toBe(shapeOf(parseWithLiqe(text) as LiqeQuery));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("values", () => {
  test("a year, month or day covers its whole range", () => {
    expect(readDate("2024")).toEqual({ from: "2024-01-01", to: "2025-01-01" });
    expect(readDate("2024-2")).toEqual({ from: "2024-02-01", to: "2024-03-01" });
    expect(readDate("2024-02-29")).toEqual({ from: "2024-02-29", to: "2024-03-01" });
    expect(readDate("2024-12-31")).toEqual({ from: "2024-12-31", to: "2025-01-01" });
    for (const text of ["2023-02-29", "2024-13", "2024-00", "2024-1-0", "24", "may", "2024-05-17T10"])
      expect(readDate(text), text).toBeNull();
  });
  test("sizes use powers of 1000, and shares may be percentages", () => {
    expect(readBytes("2MB")?.value).toBe(2e6);
    expect(readBytes("1.5 kb")?.value).toBe(1500);
    for (const text of ["2XB", "MB", "", "-1", "constructor"]) expect(readBytes(text), text).toBeNull();
    expect(readShare("80%")).toEqual(readShare("0.8"));
    for (const text of ["1.2", "101%", "much"]) expect(readShare(text), text).toBeNull();
    expect(readNumber("2.50")).toEqual({ value: 2.5, half: 0.005 });
  });
});
