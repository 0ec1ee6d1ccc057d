import { type ParsedValue, readDate } from "../../../src-shared/query/fields";
import { type Query, QueryFault } from "../../../src-shared/query/syntax";
import type { Comparison, Value } from "../../../src-shared/query/tokens";
import type { Condition, Interval } from "../../store/query-condition";

/** A field with its value, as in `taken:2024-05`. */
export type FieldTerm = Extract<Query, { is: "field" }>;

/** No limits. */
export const ANY: Interval<never> = { least: null, minOpen: false, most: null, maxOpen: false };

type Read<T> = (text: string) => T | null;

/** Parses part of a value. @throws QueryFault that says what was expected */
export function reading<T>(read: Read<T>, text: string, value: Value, what: string): T {
  const found = read(text);
  if (found === null) throw new QueryFault(`“${text}” isn’t ${what}.`, value);
  return found;
}

/** A number without a comparison matches all numbers that round to it. */
export function numbers({ comparison, value }: FieldTerm, read: Read<ParsedValue>, what: string): Interval<number> {
  if (value.is === "range") {
    const end = (text: string | null) => (text === null ? null : reading(read, text, value, what).value);
    return { ...ANY, least: end(value.least), most: end(value.most) };
  }
  const { value: number, half } = reading(read, value.text, value, what);
  return compared(comparison, number, number, { ...ANY, least: number - half, most: number + half, maxOpen: true });
}

/** A day, month or year covers the whole of it; `>` means after its end, `>=` from its start. */
export function dates({ name, comparison, value }: FieldTerm): Condition {
  const what = "a date: 2024, 2024-05 or 2024-05-17";
  let within: Interval<string>;
  if (value.is === "range") {
    const end = (text: string | null) => (text === null ? null : reading(readDate, text, value, what));
    within = { ...ANY, least: end(value.least)?.from ?? null, most: end(value.most)?.to ?? null, maxOpen: true };
  } else {
    const { from, to } = reading(readDate, value.text, value, what);
    const whole = { ...ANY, least: from, most: to, maxOpen: true };
    within = {
      ":": whole,
      ":=": whole,
      ":>": { ...ANY, least: to },
      ":>=": { ...ANY, least: from },
      ":<": { ...ANY, most: from, maxOpen: true },
      ":<=": { ...ANY, most: to, maxOpen: true },
    }[comparison];
  }
  if (name === "taken") return { is: "dated", within };
  // The store keeps the time a photo was added as an instant; days start at midnight in local time.
  const moment = (day: string | null) =>
    day === null ? null : day > "9999-12-31" ? Infinity : new Date(`${day}T00:00:00`).getTime();
  return {
    is: "number",
    column: "added",
    within: { ...within, least: moment(within.least), most: moment(within.most) },
  };
}

function compared<T>(comparison: Comparison, least: T, most: T, alone: Interval<T>): Interval<T> {
  switch (comparison) {
    case ":":
      return alone;
    case ":=":
      return { ...ANY, least, most };
    case ":>":
      return { ...ANY, least: most, minOpen: true };
    case ":>=":
      return { ...ANY, least };
    case ":<":
      return { ...ANY, most: least, maxOpen: true };
    case ":<=":
      return { ...ANY, most };
  }
}
