import {
  fieldNamed,
  FIELDS,
  formatNamed,
  FORMATS,
  IN_SPLIT,
  isPart,
  isState,
  type ParsedValue,
  readBytes,
  readCircle,
  readDate,
  readNumber,
  readShare,
  STATES,
} from "../../../src-shared/query/fields";
import { conjuncts, parseQuery, type Query, QueryFault } from "../../../src-shared/query/syntax";
import type { Comparison, Value } from "../../../src-shared/query/tokens";
import { camerasOf, keywordsOf, lensesOf } from "../../store/metadata";
import { folders } from "../../store/photos";
import type { Condition, Interval } from "../../store/query-condition";
import { currentSplit } from "../../store/splits";
import { spellingNeighbours } from "../../words/spelling";
import type { OpenLibrary } from "../../workspace/open-library";
import { resolveLabels } from "./resolve-labels";

/** What a query asks for: photos that look like words, nearest first, of which a condition holds. */
export interface TranslatedQuery {
  /** Words that all photos are ranked by; "" for none. */
  words: string;
  /** Null where the words are all. */
  condition: Condition | null;
}

/** Finds the photos that surely look like words, for words that are wanted or unwanted beside others. */
export type TermLookup = (words: string) => Condition;

type FieldTerm = Extract<Query, { is: "field" }>;
/** What a confidence beside a label says of it. */
type Confidences = readonly Interval<number>[];

const SUGGESTIONS = 3;
const A_SHARE = "a number from 0 to 1, or a percentage";
const ANY: Interval<never> = { least: null, minOpen: false, most: null, maxOpen: false };
const LOCATED: Condition = { is: "located", within: null };
const ALL_PHOTOS: Condition = { is: "all", parts: [] };

/** @throws QueryFault */
export function translateQuery(library: OpenLibrary, text: string, findTerm: TermLookup): TranslatedQuery {
  const parts = conjuncts(parseQuery(text));
  const isWord = (part: Query) => part.is === "word";
  const words = parts
    .filter(isWord)
    .map((part) => part.text)
    .join(" ");
  const others = parts.filter((part) => !isWord(part));
  return { words, condition: others.length === 0 ? null : all(library, others, [], findTerm) };
}

/** A confidence among parts that must hold together is that of the labels among them; without a label, of any label. */
function all(library: OpenLibrary, parts: Query[], beside: Confidences, findTerm: TermLookup): Condition {
  const confidences = parts.filter(isConfidence);
  const others = parts.filter((part) => !isConfidence(part));
  const within = [...beside, ...confidences.flatMap(confidencesOf)];
  const ofLabel = others.some(namesLabel);
  const conditions = others.map((part) => conditionOf(library, part, ofLabel ? within : [], findTerm));
  if (!ofLabel && confidences.length > 0)
    conditions.push({ is: "carries", labels: null, as: "shown", confidence: confidences.flatMap(confidencesOf) });
  return conditions.length === 1 ? conditions[0]! : { is: "all", parts: conditions };
}

function conditionOf(library: OpenLibrary, query: Query, confidence: Confidences, findTerm: TermLookup): Condition {
  switch (query.is) {
    case "and":
      return all(library, conjuncts(query), confidence, findTerm);
    case "or":
      return {
        is: "any",
        parts: query.parts.map((part) => all(library, conjuncts(part), namesLabel(part) ? confidence : [], findTerm)),
      };
    case "not":
      return { is: "not", part: all(library, conjuncts(query.part), [], findTerm) };
    case "word":
      return findTerm(query.text);
    case "field":
      return fieldCondition(library, query, confidence);
  }
}

/** Whether a confidence beside it speaks of it. What is unwanted has its own. */
function namesLabel(query: Query): boolean {
  if (query.is === "field") return fieldNamed(query.name)?.kind === "label" && query.name !== "rejected";
  return (query.is === "and" || query.is === "or") && query.parts.some(namesLabel);
}

/** `confidence:>0.8` or `-confidence:>0.8`. */
function isConfidence(query: Query): boolean {
  return query.is === "field"
    ? query.name === "confidence"
    : query.is === "not" && query.part.is === "field" && query.part.name === "confidence";
}

function confidencesOf(query: Query): Interval<number>[] {
  if (query.is !== "not") return [numbers(query as FieldTerm, readShare, A_SHARE)];
  const interval = numbers(query.part as FieldTerm, readShare, A_SHARE);
  if (interval.least !== null && interval.most !== null)
    throw new QueryFault("Only confidence:>… or confidence:<… can be turned round.", query);
  return [
    interval.least === null
      ? { ...ANY, least: interval.most, minOpen: !interval.maxOpen }
      : { ...ANY, most: interval.least, maxOpen: !interval.minOpen },
  ];
}

function fieldCondition(library: OpenLibrary, term: FieldTerm, confidence: Confidences): Condition {
  const field = fieldNamed(term.name);
  if (!field) throw unknownField(term);
  if (term.value.is === "text" && term.value.text === "")
    throw new QueryFault(`${term.name}${term.comparison} needs a value, as in ${field.example}`, term);
  switch (field.kind) {
    case "label": {
      const exactly = isExactly(term);
      const labels = resolveLabels(library, textOf(term), exactly || term.name === "rejected", term.value);
      return {
        is: "carries",
        labels,
        as: term.name === "label" ? "shown" : (term.name as "accepted" | "rejected"),
        confidence: term.name === "rejected" ? [] : confidence,
      };
    }
    case "confidence":
      return { is: "carries", labels: null, as: "shown", confidence: confidencesOf(term) };
    case "date":
      return dates(term);
    case "number":
      return { is: "number", column: term.name as "width", within: numbers(term, readNumber, "a number") };
    case "people":
      return { is: "people", column: term.name as "people", within: numbers(term, readNumber, "a number") };
    case "bytes":
      return { is: "number", column: "bytes", within: numbers(term, readBytes, "a size such as 300kB or 2MB") };
    case "folder":
      return { is: "in", folders: resolveFolders(library, textOf(term), isExactly(term)) };
    case "name":
      return { is: "named", like: likePattern(textOf(term), isExactly(term)) };
    case "camera":
      return { is: "text", column: "camera", among: resolveCameras(library, textOf(term), isExactly(term)) };
    case "lens":
      return { is: "text", column: "lens", among: resolveLenses(library, textOf(term), isExactly(term)) };
    case "keyword":
      return { is: "keyword", among: resolveKeywords(library, textOf(term), isExactly(term)) };
    case "rating":
      return { is: "number", column: "rating", within: numbers(term, readNumber, "a number of stars, 0 to 5") };
    case "gps":
      return oneOf(term, textOf(term).toLowerCase(), ["yes", "no"], (text) =>
        text === "yes" ? LOCATED : { is: "not", part: LOCATED },
      );
    case "near":
      return {
        is: "located",
        within: reading(
          readCircle,
          textOf(term),
          term.value,
          "a place: latitude,longitude and perhaps a distance, as in 48.85,2.35,10km",
        ),
      };
    case "format":
      return oneOf(term, formatNamed(textOf(term)), FORMATS, (format) => ({
        is: "text",
        column: "format",
        among: [format],
      }));
    case "part":
      return part(library, term);
    case "state":
      return oneOf(term, textOf(term).toLowerCase(), Object.keys(STATES), (state) =>
        isState(state) ? { is: "state", state } : ALL_PHOTOS,
      );
  }
}

function unknownField({ name, from }: FieldTerm): QueryFault {
  return new QueryFault(
    `There is no field “${name}”. To look for the words themselves, put them in quotation marks.`,
    { from, to: from + name.length },
    spellingNeighbours(
      FIELDS.map((field) => field.name),
      name,
      SUGGESTIONS,
    ),
  );
}

function textOf({ name, comparison, value }: FieldTerm): string {
  if (value.is === "range") throw new QueryFault(`${name}: takes one value, not a range.`, value);
  if (comparison !== ":" && comparison !== ":=")
    throw new QueryFault(`${name}: can't be compared with ${comparison.slice(1)}`, value);
  return value.text;
}

const isExactly = ({ comparison }: { comparison: Comparison }): boolean => comparison === ":=";

function oneOf(
  term: FieldTerm,
  text: string,
  known: readonly string[],
  condition: (text: string) => Condition,
): Condition {
  if (known.includes(text)) return condition(text);
  throw new QueryFault(
    `${term.name}: is one of ${known.join(", ")}.`,
    term.value,
    spellingNeighbours([...known], text, SUGGESTIONS),
  );
}

/** Without a split nothing is in a part, which a person should hear rather than see no photo. */
function part({ store }: OpenLibrary, term: FieldTerm): Condition {
  if (!currentSplit(store))
    throw new QueryFault(
      "The photos are not split yet. “Split into train, validation and test” in the library’s menu does it.",
      term,
    );
  return oneOf(term, textOf(term).toLowerCase(), Object.keys(IN_SPLIT), (text) =>
    isPart(text) ? { is: "part", part: text === "none" ? null : text } : ALL_PHOTOS,
  );
}

type Read<T> = (text: string) => T | null;

function reading<T>(read: Read<T>, text: string, value: Value, what: string): T {
  const found = read(text);
  if (found === null) throw new QueryFault(`“${text}” is not ${what}.`, value);
  return found;
}

/** A number alone means all numbers that are written so. */
function numbers({ comparison, value }: FieldTerm, read: Read<ParsedValue>, what: string): Interval<number> {
  if (value.is === "range") {
    const end = (text: string | null) => (text === null ? null : reading(read, text, value, what).value);
    return { ...ANY, least: end(value.least), most: end(value.most) };
  }
  const { value: number, half } = reading(read, value.text, value, what);
  return compared(comparison, number, number, { ...ANY, least: number - half, most: number + half, maxOpen: true });
}

/** A day, month or year alone means all of it; `>` means after it, `>=` from its beginning. */
function dates({ name, comparison, value }: FieldTerm): Condition {
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
  // When it was added is kept as a moment; a day begins at midnight on this computer's clock.
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

/**
 * The folders with these steps in a row in their path, or below one; from the root where it begins with "/". `exactly`:
 * that path alone.
 */
function resolveFolders({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const steps = `/${text.toLowerCase().replace(/^\/+|\/+$/g, "")}/`;
  const rooted = text.startsWith("/");
  return folders(store)
    .map(({ folder }) => folder)
    .filter((folder) => {
      const path = folder === "" ? "/" : `/${folder.toLowerCase()}/`;
      const wanted = steps === "//" ? "/" : steps;
      if (exactly) return path === wanted;
      return rooted ? path.startsWith(wanted) : path.includes(wanted);
    });
}

function resolveCameras({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return camerasOf(store)
    .map(({ camera }) => camera)
    .filter((camera) => (exactly ? camera.toLowerCase() === wanted : camera.toLowerCase().includes(wanted)));
}

function resolveLenses({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return lensesOf(store)
    .map(({ lens }) => lens)
    .filter((lens) => (exactly ? lens.toLowerCase() === wanted : lens.toLowerCase().includes(wanted)));
}

/** Keywords with this in their path ("animals|birds"); `exactly`: as the path's end. */
function resolveKeywords({ store }: OpenLibrary, text: string, exactly: boolean): string[] {
  const wanted = text.toLowerCase();
  return keywordsOf(store)
    .filter(({ steps }) => {
      const path = steps.join("|").toLowerCase();
      return exactly ? path === wanted || path.endsWith(`|${wanted}`) : path.includes(wanted);
    })
    .map(({ stored }) => stored);
}

/** A pattern for LIKE: part of a name, or with `*` a whole one. */
function likePattern(text: string, exactly: boolean): string {
  const plain = text.replace(/[\\%_]/g, "\\$&");
  if (exactly) return plain;
  return text.includes("*") ? plain.replaceAll("*", "%") : `%${plain}%`;
}
