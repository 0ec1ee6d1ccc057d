import {
  fieldNamed,
  FIELDS,
  FLAG_NAMES,
  formatNamed,
  FORMATS,
  IN_SPLIT,
  isPart,
  isState,
  readBytes,
  readCircle,
  readNumber,
  readShare,
  STATES,
} from "../../../src-shared/query/fields";
import { conjuncts, parseQuery, type Query, QueryFault } from "../../../src-shared/query/syntax";
import type { Comparison } from "../../../src-shared/query/tokens";
import { colourOfText } from "../../images/xmp-marks";
import type { PlaceColumn } from "../../store/places";
import type { Condition, Interval } from "../../store/query-condition";
import { currentSplit } from "../../store/splits";
import { spellingNeighbours } from "../../words/spelling";
import type { OpenLibrary } from "../../workspace/open-library";
import {
  likePattern,
  resolveCameras,
  resolveFolders,
  resolveKeywords,
  resolveLenses,
  resolvePlaces,
} from "./match-values";
import { ANY, dates, type FieldTerm, numbers, reading } from "./query-intervals";
import { resolveLabels } from "./resolve-labels";

/** A query as the store and the semantic search need it. */
export interface TranslatedQuery {
  /** Words that rank all photos; "" for none. */
  words: string;
  /** What photos must meet; null if the query has only words. */
  condition: Condition | null;
}

/** The condition for a word inside OR or NOT: photos that match it confidently. */
export type TermLookup = (words: string) => Condition;

/** Intervals that restrict the confidence of a label. */
type Confidences = readonly Interval<number>[];

const SUGGESTIONS = 3;
const PLACE_COLUMNS: readonly PlaceColumn[] = ["town", "region", "country"];
const A_SHARE = "a number from 0 to 1, or a percentage";
const LOCATED: Condition = { is: "located", within: null };
const ALL_PHOTOS: Condition = { is: "all", parts: [] };

/** Translates a query. @throws QueryFault */
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

/** A confidence applies to the labels that it is combined with by AND; without any, to every label. */
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

/** Whether the query names a label that a confidence beside it restricts. Negated labels are not restricted. */
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
    throw new QueryFault("Only confidence:>… or confidence:<… can be negated.", query);
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
    throw new QueryFault(`${term.name}${term.comparison} needs a value, as in ${field.example}.`, term);
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
    case "place": {
      const columns = term.name === "place" ? PLACE_COLUMNS : [term.name as PlaceColumn];
      const found = resolvePlaces(library, columns, textOf(term), isExactly(term));
      return { is: "any", parts: found.map(({ column, among }) => ({ is: "placed", column, among })) };
    }
    case "rating":
      return { is: "number", column: "rating", within: numbers(term, readNumber, "a number of stars, 0 to 5") };
    case "flag":
      return oneOf(term, textOf(term).toLowerCase(), Object.keys(FLAG_NAMES), (text) => ({
        is: "flagged",
        flag: FLAG_NAMES[text]!,
      }));
    case "colour": {
      const text = textOf(term).toLowerCase();
      return { is: "coloured", among: [text === "none" ? "" : colourOfText(text).toLowerCase()] };
    }
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
          "a location: latitude,longitude and optionally a distance, as in 48.85,2.35,10km",
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
    `There is no field “${name}”. To search for the text, put it in quotation marks.`,
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
    throw new QueryFault(`${name}: doesn’t support ${comparison.slice(1)}.`, value);
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
    `${term.name}: must be one of ${known.join(", ")}.`,
    term.value,
    spellingNeighbours([...known], text, SUGGESTIONS),
  );
}

/** Without a split, every search for one would find nothing. An error says why. */
function part({ store }: OpenLibrary, term: FieldTerm): Condition {
  if (!currentSplit(store))
    throw new QueryFault(
      "The photos aren’t split yet. Choose “Split into train, validation and test” in the library’s menu.",
      term,
    );
  return oneOf(term, textOf(term).toLowerCase(), Object.keys(IN_SPLIT), (text) =>
    isPart(text) ? { is: "part", part: text === "none" ? null : text } : ALL_PHOTOS,
  );
}
