/** What every reader of labels comes to: what a source says of a photo, or why a part of it says nothing. */

export interface PhotoKeywords {
  /** The photo's file, as the source names it. */
  path: string;
  /**
   * Each from the general to the particular: `["animals", "crane"]`. The id of a label may stand in the place of its
   * name.
   */
  keywords: string[][];
  verdict: "accept" | "reject";
}

/** A part of a source that says nothing usable. */
export interface UnusableEntry {
  /** "line 12", or a path. */
  where: string;
  reason: string;
}

/** Predicted labels, in an export of our own: nobody's verdict. */
export interface PredictionEntry {
  predictions: number;
}

export type ImportEntry = PhotoKeywords | UnusableEntry | PredictionEntry;

/** A keyword's steps without empty ones; none where nothing is left. */
export function stepsOf(keyword: string, separator: string | null): string[] {
  return (separator === null ? [keyword] : keyword.split(separator))
    .map((step) => step.normalize("NFC").replace(/\s+/g, " ").trim())
    .filter((step) => step !== "");
}

/**
 * Keywords once each, without those that only repeat a step of another one's path: programs write "animals" beside
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
