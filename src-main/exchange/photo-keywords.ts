import { isLabelId, labelNameFault } from "../../src-shared/label-id";
import { asSentence } from "../../src-shared/refusal";
import type { Rectangle } from "../base/overlap";
import type { PathCandidate } from "../store/named-files";

/** The common result of all label readers: what a source says about a photo, or why an entry can't be used. */

export interface PhotoKeywords {
  /** The photo's path, as the source names it. */
  path: string;
  /** "line 12", if the source is a file with many photos. */
  where?: string;
  /** Each from general to specific: `["animals", "crane"]`. A label's id can replace its name. */
  keywords: string[][];
  verdict: "accept" | "reject";
  /** Each of one of the keywords. */
  boxes?: ReadBox[];
  /** Of the upright photo in the source's pixels, to check that it is the photo that the boxes are of. */
  size?: { width: number; height: number } | null;
  /** Where the photo may be, the likeliest first, if the source doesn't name it by `path`. */
  candidates?: PathCandidate[];
}

/** A box that a source gives a photo. */
export interface ReadBox {
  keyword: string[];
  /** Fractions of the upright photo; not checked yet. */
  box: Rectangle;
  /** "annotation 12" */
  where: string;
}

/** Why a keyword can't become a label, as a sentence; null if it can. */
export function keywordFault(keyword: readonly string[]): string | null {
  const last = keyword.at(-1) ?? "";
  if (keyword.length === 1 && isLabelId(last)) return null;
  const fault = keyword.map(labelNameFault).find((found) => found !== null) ?? null;
  return fault === null ? null : asSentence(fault);
}

/** An entry of a source that can't be used. */
export interface UnusableEntry {
  /** "line 12", or a path. */
  where: string;
  reason: string;
}

/** Predicted labels in a Semblance export that nobody reviewed. */
export interface PredictionEntry {
  predictions: number;
}

export type ImportEntry = PhotoKeywords | UnusableEntry | PredictionEntry;

/** A keyword's steps, without empty ones; can be empty. A label's id has one step and stays as it is. */
export function stepsOf(keyword: string, separator: string | null): string[] {
  if (isLabelId(keyword)) return [keyword];
  return (separator === null ? [keyword] : keyword.split(separator))
    .map((step) => step.normalize("NFC").replace(/\s+/g, " ").trim())
    .filter((step) => step !== "");
}

/**
 * Removes duplicates, and keywords that are a step of another one's path: programs write "animals" in addition to
 * "animals|crane".
 */
export function distinctKeywords(keywords: readonly (readonly string[])[]): string[][] {
  const paths = new Map(
    keywords.filter((keyword) => keyword.length > 0).map((keyword) => [keyword.join("|"), [...keyword]]),
  );
  const steps = new Set([...paths.values()].filter(({ length }) => length > 1).flat());
  const whole = [...paths.values()].filter(
    (keyword) => keyword.length > 1 || keyword.every((step) => !steps.has(step)),
  );
  return whole.filter(
    (keyword) => !whole.some((other) => other.length > keyword.length && keyword.every((step, i) => other[i] === step)),
  );
}
