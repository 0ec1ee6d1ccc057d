import fc from "fast-check";
import { expect, test } from "vitest";
import {
  asksForWords,
  both,
  type Filters,
  NO_FILTERS,
  readFilters,
  writeFilters,
} from "../../src-renderer/state/filters";
import { FLAGS } from "../../src-shared/photo-marks";
import { IN_SPLIT, type SplitFilter, type State, STATES } from "../../src-shared/query/fields";

const text = fc.oneof(fc.constant(""), fc.string({ unit: "binary", minLength: 1, maxLength: 10 }));
const day = fc.oneof(
  fc.constant(""),
  fc
    .date({ min: new Date("1900-01-01"), max: new Date("2100-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
);
const filters: fc.Arbitrary<Filters> = fc.record({
  label: text,
  folder: text,
  camera: text,
  lens: text,
  keyword: text,
  rating: fc.constantFrom("", "1", "3", "5"),
  flag: fc.constantFrom(null, ...FLAGS),
  colour: fc.constantFrom("", "red", "purple", "none", "To Do"),
  confidence: fc.integer({ min: 0, max: 19 }).map((n) => n / 20),
  from: day,
  to: day,
  state: fc.constantFrom(null, ...(Object.keys(STATES) as State[])),
  part: fc.constantFrom(null, ...(Object.keys(IN_SPLIT) as SplitFilter[])),
  megapixels: fc.constantFrom("", "2", "12", "7.5"),
  people: fc.constantFrom("", "0", "2", ">2", "11"),
});
/** Query terms that no control shows. */
const rest = fc.constantFrom(
  "",
  "boat",
  "boat OR label:dog",
  "-is:failed",
  '(a OR "b c") NOT (label:x y)',
  "width:>300",
  "label:=dog",
);

test("filters written into a query are read back, whatever else it contains", () => {
  fc.assert(
    fc.property(filters, rest, (wanted, query) => {
      const written = writeFilters(query, wanted);
      expect(readFilters(written)).toEqual(wanted);
      // Writing the same filters changes nothing, and removing all filters leaves the rest.
      expect(writeFilters(written, wanted)).toBe(written);
      expect(both(writeFilters(written, NO_FILTERS), "")).toBe(both(query, ""));
    }),
    { numRuns: 1000 },
  );
});

test("one filter changes in place, and the others stay as they were written", () => {
  expect(writeFilters("taken:2024-05 label:dog boat", { label: "cat" })).toBe("taken:2024-05 label:cat boat");
  expect(readFilters("taken:2024-02")).toMatchObject({ from: "2024-02-01", to: "2024-02-29" });
  expect(writeFilters("taken:2024-02", { to: "2024-03-05" })).toBe("taken:[2024-02-01 TO 2024-03-05]");
  expect(writeFilters("dog OR cat", { state: "unreviewed" })).toBe("(dog OR cat) is:unreviewed");
  expect(readFilters("dog OR")).toBeNull();
  expect(writeFilters("dog OR", { label: "cat" })).toBe("dog OR");
});

test("a query ranks photos only if it contains required words", () => {
  expect(asksForWords("dog label:cat")).toBe(true);
  expect(asksForWords("label:cat -dog")).toBe(false);
  expect(asksForWords("")).toBe(false);
  expect(asksForWords("label:cat AND")).toBeNull();
});
