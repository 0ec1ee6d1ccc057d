import type { QueryCompletion } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import {
  type Field,
  fieldNamed,
  FIELDS,
  FORMATS,
  IN_SPLIT,
  isFieldName,
  STATES,
} from "../../../src-shared/query/fields";
import { quoteValue, quoteWord, type Token, tokensOf } from "../../../src-shared/query/tokens";
import { fullName } from "../../labeller/lexicon";
import { countryName } from "../../places/countries";
import { countMonths } from "../../store/browse";
import { coloursInUse } from "../../store/marks";
import { camerasOf, keywordsOf, lensesOf } from "../../store/metadata";
import { folders } from "../../store/photos";
import { placeNames } from "../../store/places";
import { currentSplit } from "../../store/splits";
import { foldPhrase } from "../../words/phrases";
import type { OpenLibrary } from "../../workspace/open-library";
import { labelsInUse } from "../../workspace/training-examples";
import { showLabels } from "./show-photos";

type Option = QueryCompletion["options"][number];

const MAX_OPTIONS = 12;
/** Vocabulary words are offered from this many letters on. Below that, almost all of them match. */
const MIN_LETTERS = 2;
const MAX_WORDS = 5;
/** People counts worth offering. */
const COUNTS = [
  ["0", "none"],
  ["1", "one"],
  ["2", "two"],
  [">2", "three or more"],
  [">5", "more than five"],
] as const;

/** What can be typed at the caret: fields and words, or values of the field that is being typed. */
export function completeQuery(library: OpenLibrary, text: string, caret: number): QueryCompletion {
  const token = tokensOf(text, isFieldName).find(({ from, to }) => from < caret && caret <= to);
  if (token?.is === "field" && caret >= token.value.from && token.value.is === "text") {
    const { from, to, quoted } = token.value;
    const typed = text.slice(from + (quoted ? 1 : 0), caret);
    const field = fieldNamed(token.name);
    return { from, to, options: field ? valuesOf(library, field, typed).slice(0, MAX_OPTIONS) : [] };
  }
  if (token?.is === "word" || token?.is === "field") {
    const typed = text.slice(token.from, caret);
    return {
      from: token.from,
      to: token.to,
      options: [...fieldsFrom(typed), ...wordsFrom(library, typed.replace(/^"/, ""), token)].slice(0, MAX_OPTIONS),
    };
  }
  return { from: caret, to: caret, options: text.trim() === "" ? fieldsFrom("") : [] };
}

function fieldsFrom(typed: string): Option[] {
  const beginning = typed.replace(/:.*$/, "").toLowerCase();
  return FIELDS.filter(({ name }) => name.startsWith(beginning)).map(({ name, does }) => ({
    insert: `${name}:`,
    shown: `${name}:`,
    detail: does,
  }));
}

/** Labels in use first, then words of the vocabulary. */
function wordsFrom(library: OpenLibrary, typed: string, token: Token): Option[] {
  if (token.is !== "word" || typed.length < MIN_LETTERS) return [];
  const word = (name: string, detail: string): Option => ({ insert: `${quoteWord(name)} `, shown: name, detail });
  const labels = labelsFrom(library, typed).slice(0, MAX_WORDS);
  const names = new Set(labels.map(({ name }) => name));
  const others = library.lexicon
    .suggest(typed, MAX_WORDS, labelsInUse(library))
    .filter(({ own, name }) => !own && !names.has(name));
  return [
    ...labels.map(({ name, photos }) => word(name, formatCount(photos, "photo"))),
    ...others.map((label) => word(label.name, label.parent ?? "")),
  ];
}

/** Towns, then regions and countries for `place`; else those that the field is named after. */
function placeOptions({ store }: OpenLibrary, field: string): { name: string; photos: number }[] {
  const countries = () => placeNames(store, "country").map((each) => ({ ...each, name: countryName(each.name) }));
  if (field === "country") return countries();
  if (field === "region") return placeNames(store, "region");
  const all = [...placeNames(store, "town"), ...placeNames(store, "region"), ...countries()];
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
}

function valuesOf(library: OpenLibrary, { kind, name }: Field, typed: string): Option[] {
  const value = (text: string, detail: string): Option => ({ insert: `${quoteValue(text)} `, shown: text, detail });
  const begins = (text: string) => text.toLowerCase().startsWith(typed.toLowerCase());
  const holds = (text: string) => text.toLowerCase().includes(typed.toLowerCase());
  switch (kind) {
    case "label":
      return labelsFrom(library, typed).map(({ label, photos }) => value(label, formatCount(photos, "photo")));
    case "folder":
      return folders(library.store)
        .filter(({ folder }) => folder !== "" && holds(folder))
        .map(({ folder, photos }) => value(folder, formatCount(photos, "photo")));
    case "camera":
      return camerasOf(library.store)
        .filter(({ camera }) => holds(camera))
        .map(({ camera, photos }) => value(camera, formatCount(photos, "photo")));
    case "lens":
      return lensesOf(library.store)
        .filter(({ lens }) => holds(lens))
        .map(({ lens, photos }) => value(lens, formatCount(photos, "photo")));
    case "keyword":
      return keywordsOf(library.store)
        .map(({ steps, photos }) => ({ path: steps.join("|"), photos }))
        .filter(({ path }) => holds(path))
        .map(({ path, photos }) => value(path, formatCount(photos, "photo")));
    case "place":
      return placeOptions(library, name)
        .filter((each) => holds(each.name))
        .map((each) => value(each.name, formatCount(each.photos, "photo")));
    case "rating":
      return ["5", ">=4", ">=3", ">=2", ">=1", "0"].filter(begins).map((stars) => ({
        insert: `${stars} `,
        shown: stars,
        detail: stars === "5" ? "five stars" : stars === "0" ? "no stars" : "or more stars",
      }));
    case "flag":
      return [value("pick", "picked"), value("reject", "rejected"), value("none", "neither")].filter(({ shown }) =>
        begins(shown),
      );
    case "colour":
      return [...coloursInUse(library.store), { colour: "none", photos: null }]
        .filter(({ colour }) => holds(colour))
        .map(({ colour, photos }) => value(colour, photos === null ? "no colour label" : formatCount(photos, "photo")));
    case "people":
      return COUNTS.filter(([count]) => begins(count)).map(([count, detail]) => ({
        insert: `${count} `,
        shown: count,
        detail,
      }));
    case "gps":
      return [value("yes", "has a location"), value("no", "has no location")].filter(({ shown }) => begins(shown));
    case "state":
      return Object.entries(STATES)
        .filter(([state]) => begins(state))
        .map(([state, does]) => value(state, does));
    case "part":
      return currentSplit(library.store)
        ? Object.entries(IN_SPLIT)
            .filter(([part]) => begins(part))
            .map(([part, does]) => value(part, does))
        : [];
    case "format":
      return FORMATS.filter(begins).map((format) => value(format, ""));
    case "date":
      return countMonths(library.store)
        .filter(({ month }) => begins(month))
        .map(({ month, photos }) => value(month, formatCount(photos, "photo")));
    case "confidence":
      return begins(">0")
        ? ["0.9", "0.8", "0.5"].map((share) => ({
            insert: `>${share} `,
            shown: `>${share}`,
            detail: "more confident than that",
          }))
        : [];
    default:
      return [];
  }
}

/**
 * Labels in use with a word in their name that starts with the typed text, most frequent first. Labels whose whole name
 * starts with it come before the others.
 */
function labelsFrom(library: OpenLibrary, typed: string): { label: string; name: string; photos: number }[] {
  const wanted = foldPhrase(typed);
  const found = showLabels(library)
    .map((count) => ({
      label: fullName(count),
      name: count.name,
      folded: foldPhrase(count.name),
      photos: count.predicted + count.accepted,
    }))
    .filter(({ folded }) => ` ${folded}`.includes(` ${wanted}`));
  const first = found.filter(({ folded }) => folded.startsWith(wanted));
  return [...first, ...found.filter((label) => !first.includes(label))];
}
