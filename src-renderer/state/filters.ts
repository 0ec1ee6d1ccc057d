import { type Flag, isFlag } from "../../src-shared/photo-marks";
import {
  fieldNamed,
  isPart,
  isState,
  readDate,
  readShare,
  type SplitFilter,
  type State,
} from "../../src-shared/query/fields";
import { conjuncts, parseQuery, type Query, QueryFault, queryText } from "../../src-shared/query/syntax";
import { type Comparison, quoteValue } from "../../src-shared/query/tokens";

/** The state of the filter form, read from a query and written into it. Empty strings and null mean no filter. */
export interface Filters {
  label: string;
  /** Minimum confidence, 0 for any. */
  confidence: number;
  /** Days, both inclusive: 2024-05-01. */
  from: string;
  to: string;
  folder: string;
  state: State | null;
  camera: string;
  lens: string;
  keyword: string;
  /** Minimum number of stars; "" for any. */
  rating: string;
  flag: Flag | null;
  /** A colour label, or "none"; "" for any. */
  colour: string;
  part: SplitFilter | null;
  /** More megapixels than this. */
  megapixels: string;
  /** A number of people, or more than a number: "0", "2", ">2"; "" for any. */
  people: string;
}
export const NO_FILTERS: Filters = {
  label: "",
  confidence: 0,
  from: "",
  to: "",
  folder: "",
  state: null,
  camera: "",
  lens: "",
  keyword: "",
  rating: "",
  flag: null,
  colour: "",
  part: null,
  megapixels: "",
  people: "",
};

type Term = Extract<Query, { is: "field" }>;
/** The query field of each control; both dates share one. */
type Control =
  | "label"
  | "confidence"
  | "taken"
  | "folder"
  | "is"
  | "camera"
  | "lens"
  | "keyword"
  | "rating"
  | "flag"
  | "colour"
  | "split"
  | "megapixels"
  | "people";

/**
 * What the controls can show of a query: the conditions that must all hold, each field once. Null if the query can't be
 * read.
 */
export function readFilters(text: string): Filters | null {
  const parts = partsOf(text);
  if (!parts) return null;
  const filters = { ...NO_FILTERS };
  for (const [control, term] of claimed(parts)) Object.assign(filters, shown(control, term));
  return filters;
}

/** The query with changed filters; conditions that the controls can't show are kept. */
export function writeFilters(text: string, change: Partial<Filters>): string {
  const parts = partsOf(text);
  const before = readFilters(text);
  if (!parts || !before) return text;
  const filters = { ...before, ...change };
  const terms = claimed(parts);
  const next: (Query | string)[] = [...parts];
  for (const control of controlsOf(change)) {
    const asked = write(control, filters);
    const at = parts.indexOf(terms.get(control) as Query);
    if (at >= 0) next[at] = asked;
    else next.push(asked);
  }
  return next
    .map((part) => (typeof part === "string" ? part : inConjunction(part)))
    .filter((part) => part !== "")
    .join(" ");
}

/** A query that requires both of two queries. */
export const both = (one: string, other: string): string =>
  [one, other]
    .flatMap((text) => (text.trim() === "" ? [] : [partsOf(text)?.map(inConjunction).join(" ") ?? text]))
    .join(" ");

/** Whether the query has words that photos are ranked by. Null if it can't be read. */
export const asksForWords = (text: string): boolean | null => partsOf(text)?.some(({ is }) => is === "word") ?? null;

function partsOf(text: string): Query[] | null {
  try {
    return conjuncts(parseQuery(text));
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return null;
  }
}

const inConjunction = (part: Query): string => (part.is === "or" ? `(${queryText(part)})` : queryText(part));

/** For each control the first condition that it can show. */
function claimed(parts: Query[]): Map<Control, Term> {
  const terms = new Map<Control, Term>();
  for (const part of parts) {
    if (part.is !== "field" || terms.has(part.name as Control)) continue;
    if (shown(part.name as Control, part)) terms.set(part.name as Control, part);
  }
  return terms;
}

/** How a control shows a condition; null if it can't. */
function shown(control: Control, { name, comparison, value }: Term): Partial<Filters> | null {
  if (control === "taken") return days(comparison, value);
  if (value.is !== "text" || value.text === "") return null;
  const { text } = value;
  switch (control) {
    case "label":
    case "folder":
    case "camera":
    case "lens":
    case "keyword":
      return comparison === ":" && fieldNamed(name) ? { [control]: text } : null;
    case "is":
      return isState(text) ? { state: text } : null;
    case "split":
      return isPart(text) ? { part: text } : null;
    case "rating":
      return comparison === ":>=" && /^[1-5]$/.test(text) ? { rating: text } : null;
    case "flag":
      return comparison === ":" && isFlag(text) ? { flag: text } : null;
    case "colour":
      return comparison === ":" ? { colour: text } : null;
    case "megapixels":
      return comparison === ":>" && Number.isFinite(Number(text)) ? { megapixels: text } : null;
    case "people":
      return /^\d+$/.test(text) && (comparison === ":" || comparison === ":>")
        ? { people: `${comparison.slice(1)}${text}` }
        : null;
    case "confidence": {
      const share = readShare(text)?.value;
      return comparison === ":>=" && share !== undefined ? { confidence: share } : null;
    }
    default:
      return null;
  }
}

function days(comparison: Comparison, value: Term["value"]): Partial<Filters> | null {
  const first = (text: string | null) => (text === null ? "" : readDate(text)?.from);
  const last = (text: string | null) => (text === null ? "" : dayBefore(readDate(text)?.to));
  const [from, to] =
    value.is === "range"
      ? [first(value.least), last(value.most)]
      : [comparison === ":<=" ? "" : first(value.text), comparison === ":>=" ? "" : last(value.text)];
  return [":", ":=", ":>=", ":<="].includes(comparison) && from !== undefined && to !== undefined ? { from, to } : null;
}

function dayBefore(day: string | undefined): string | undefined {
  if (day === undefined || day > "9999-12-31") return undefined;
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

function controlsOf(change: Partial<Filters>): Set<Control> {
  const of: Record<keyof Filters, Control> = {
    label: "label",
    confidence: "confidence",
    from: "taken",
    to: "taken",
    folder: "folder",
    state: "is",
    camera: "camera",
    lens: "lens",
    keyword: "keyword",
    rating: "rating",
    flag: "flag",
    colour: "colour",
    part: "split",
    megapixels: "megapixels",
    people: "people",
  };
  return new Set(Object.keys(change).map((key) => of[key as keyof Filters]));
}

function write(
  control: Control,
  {
    label,
    confidence,
    from,
    to,
    folder,
    state,
    camera,
    lens,
    keyword,
    rating,
    flag,
    colour,
    part,
    megapixels,
    people,
  }: Filters,
): string {
  const field = (name: string, value: string) => (value === "" ? "" : `${name}${quoteValue(value)}`);
  switch (control) {
    case "label":
      return field("label:", label);
    case "folder":
      return field("folder:", folder);
    case "camera":
      return field("camera:", camera);
    case "lens":
      return field("lens:", lens);
    case "keyword":
      return field("keyword:", keyword);
    case "rating":
      return field("rating:>=", rating);
    case "flag":
      return field("flag:", flag ?? "");
    case "colour":
      return field("colour:", colour);
    case "is":
      return field("is:", state ?? "");
    case "split":
      return field("split:", part ?? "");
    case "megapixels":
      return field("megapixels:>", megapixels);
    case "people":
      return people === "" ? "" : `people:${people}`;
    case "confidence":
      return confidence > 0 ? `confidence:>=${confidence}` : "";
    case "taken":
      return from !== "" && to !== ""
        ? `taken:[${from} TO ${to}]`
        : from !== ""
          ? `taken:>=${from}`
          : field("taken:<=", to);
  }
}
