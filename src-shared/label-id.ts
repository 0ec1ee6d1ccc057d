/**
 * Label ids and the names in them: what is allowed, and how to make, read and mend them. Everything that takes a label
 * from outside (a call, an imported file, a library copy) asks here.
 */
import type { LabelId } from "./contract/ids";
import { Refusal } from "./refusal";

export type OwnLabelId = Extract<LabelId, `own:${string}`>;
export type SynsetId = Extract<LabelId, `wn:${string}`>;

/** Longest label name, in Unicode code points. */
export const MAX_LABEL_NAME_CHARS = 200;
const OWN = "own:";
const SYNSET = /^wn:\d{8}$/;
/** Control characters, line and paragraph separators, and lone surrogates: file formats and terminals garble them. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const ALL_FORBIDDEN = new RegExp(FORBIDDEN, "gu");
const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/;
/** Characters of an invalid name that an error message quotes. */
const QUOTED_CHARS = 40;

/** Whether a text is a valid name for a label. */
export const isLabelName = (text: string): boolean => labelNameFault(text) === null;

/** What is wrong with a name, for the middle of a sentence, with the name escaped; null if it is valid. */
export function labelNameFault(name: string): string | null {
  const found = FORBIDDEN.exec(name)?.[0];
  if (found !== undefined) return `the label ${quotedName(name)} contains ${kindOf(found)}`;
  if (name.trim() === "") return "the label’s name is empty";
  // a name has at most as many code points as code units
  const length = name.length <= MAX_LABEL_NAME_CHARS ? name.length : [...name].length;
  if (length <= MAX_LABEL_NAME_CHARS) return null;
  return `the label ${quotedName(name)} has ${length} characters; the maximum is ${MAX_LABEL_NAME_CHARS}`;
}

/** Whether a value is a well-formed label id. WordNet may still lack the synset. */
export const isLabelId = (value: unknown): value is LabelId =>
  typeof value === "string" && labelIdFault(value) === null;

/** Whether a text is meant as an id rather than as a name, even if its name is invalid. */
export const isLikeLabelId = (text: string): boolean => SYNSET.test(text) || text.startsWith(OWN);

/** What is wrong with an id, for the middle of a sentence; null if it is well-formed. */
export function labelIdFault(value: unknown): string | null {
  if (typeof value !== "string") return `a label is a text, not ${value === null ? "null" : `a ${typeof value}`}`;
  if (value.startsWith(OWN)) return labelNameFault(value.slice(OWN.length));
  return SYNSET.test(value) ? null : `${quotedName(value)} is neither wn: with 8 digits nor own: with a name`;
}

/** @throws Refusal `bad-label` */
export function parseLabelId(value: unknown): LabelId {
  const fault = labelIdFault(value);
  if (fault !== null) throw badLabel(fault);
  return value as LabelId;
}

/**
 * The own label with a name as someone typed it: Unicode is composed, spaces around the name are removed, and several
 * spaces become one.
 * @throws Refusal `bad-label`
 */
export function ownLabel(typed: string): OwnLabelId {
  const name = tidyName(typed);
  const fault = labelNameFault(name);
  if (fault !== null) throw badLabel(fault);
  return `${OWN}${name}`;
}

/** As `ownLabel`, but null instead of a Refusal. */
export function ownLabelOrNull(typed: string): OwnLabelId | null {
  const name = tidyName(typed);
  return isLabelName(name) ? `${OWN}${name}` : null;
}

/** A typed name as `ownLabel` takes it. Leaves control characters in place, so that they are found and refused. */
export const tidyName = (typed: string): string =>
  typed
    .normalize("NFC")
    .replace(/\p{Zs}+/gu, " ")
    .trim();

export const isOwnLabel = (label: LabelId): label is OwnLabelId => label.startsWith(OWN);
export const isSynset = (label: LabelId): label is SynsetId => !isOwnLabel(label);

/** The name in an own label's id; it may be displayed under another one. */
export const nameOfOwnLabel = (label: OwnLabelId): string => label.slice(OWN.length);

/** The name in an id that may be invalid; a text that is no own label's id as it is. */
export const nameInAnyId = (id: string): string => (id.startsWith(OWN) ? id.slice(OWN.length) : id);

/**
 * The valid name nearest to any text: forbidden characters become spaces, several spaces one, and what is too long is
 * cut at a whole character. Empty if nothing is left.
 */
export function mendedName(text: string): string {
  const plain = text.replace(ALL_FORBIDDEN, " ").replace(/\s+/g, " ").trim();
  return shortenedName(plain, MAX_LABEL_NAME_CHARS);
}

/** The start of a name with at most this many code points, cut between characters as people see them. */
export function shortenedName(name: string, chars: number): string {
  if ([...name].length <= chars) return name;
  let [short, length] = ["", 0];
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name)) {
    length += [...segment].length;
    if (length > chars) break;
    short += segment;
  }
  return short.trim() === "" ? [...name].slice(0, chars).join("").trim() : short.trim();
}

/** A name in quotation marks for a message: forbidden characters are escaped, and a long name is cut. */
export function quotedName(name: string): string {
  const characters = [...name];
  const shown = characters.slice(0, QUOTED_CHARS).join("").replace(ALL_FORBIDDEN, escaped);
  return `“${shown}${characters.length > QUOTED_CHARS ? "…" : ""}”`;
}

const badLabel = (fault: string): Refusal =>
  new Refusal(
    "bad-label",
    `${fault.charAt(0).toUpperCase()}${fault.slice(1)}. A name can have up to ${MAX_LABEL_NAME_CHARS} characters, without line breaks and control characters.`,
  );

function kindOf(character: string): string {
  if (LINE_BREAK.test(character)) return "a line break";
  return /\p{Cs}/u.test(character) ? "half of a character" : `the control character ${codeOf(character)}`;
}

const ESCAPES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const escaped = (character: string): string =>
  ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

const codeOf = (character: string): string =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
