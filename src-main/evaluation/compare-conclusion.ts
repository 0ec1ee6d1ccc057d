import type { MeasuredDifference, PackComparison } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";

/** With fewer photos that differ, an interval says little. */
export const MIN_PHOTOS = 20;
/** Differences up to this one don't matter: two points. */
const MARGIN = 0.02;
/** Standard errors that a difference must reach to be found with 80 % power at the 5 % level: 1.96 + 0.84. */
const POWER = 2.8;
/** Half the width of a 95 % interval, in standard errors. */
const HALF_WIDTH = 1.96;

type Measured = Pick<PackComparison["measures"], "first" | "precision">;
type Conclusion = Pick<PackComparison, "better" | "needed" | "sentence">;

/**
 * Which of two packs is better for a person, in words. A pack is better if a right label comes first more often, or
 * mean average precision is higher, with a 95 % interval of the difference that excludes zero, and the other of the two
 * does not say the opposite.
 * @param different photos with an accepted label, of near-duplicates only one
 * @param titles what to call the packs; must differ
 */
export function concludeFrom(
  { first, precision }: Measured,
  different: number,
  titles: { a: string; b: string },
): Conclusion {
  if (!first || different < MIN_PHOTOS)
    return {
      better: "unknown",
      needed: MIN_PHOTOS,
      sentence:
        "Your verdicts aren’t enough to tell which model is better: it takes at least " +
        `${MIN_PHOTOS} photos with an accepted label, near-duplicates counted once. There ${different === 1 ? "is" : "are"} ${different}.`,
    };
  const [byFirst, byPrecision] = [winnerOf(first), precision && winnerOf(precision)];
  const said = {
    first: (each: "a" | "b") => `${titles[each]} puts a right label first on ${percent(first[each].value)}`,
    other: (each: "a" | "b") => `${titles[each]} on ${percent(first[each].value)}`,
  };
  if (byFirst && byPrecision && byFirst !== byPrecision)
    return {
      better: "mixed",
      needed: null,
      sentence: `Neither model is better in everything: ${said.first(byFirst)} of photos, ${said.other(rivalOf(byFirst))}, but ${titles[byPrecision]} sorts each label’s photos better.`,
    };
  if (byFirst)
    return {
      better: byFirst,
      needed: null,
      sentence: `${titles[byFirst]} is better for you: it puts a right label first on ${percent(first[byFirst].value)} of your photos, ${said.other(rivalOf(byFirst))} (${intervalOf(first, byFirst)}).`,
    };
  if (byPrecision)
    return {
      better: byPrecision,
      needed: null,
      sentence: `${titles[byPrecision]} is better for you: it sorts each label’s photos better, with a mean average precision of ${percent(precision![byPrecision].value)} against ${percent(precision![rivalOf(byPrecision)].value)} (${intervalOf(precision!, byPrecision)}). A right label comes first about as often with both.`,
    };
  if ([first, precision].every((each) => each === null || isWithinMargin(each)))
    return {
      better: "none",
      needed: null,
      sentence: `No difference: with both models a right label comes first on ${percent(first.a.value)} of your photos, give or take ${100 * MARGIN} points.`,
    };
  const needed = photosNeeded(first);
  return {
    better: "unknown",
    needed,
    sentence: `Your verdicts aren’t enough to tell which model is better: ${said.first("a")} of ${formatCount(first.n, "photo")}, ${said.other("b")} (${intervalOf(first, "b")}). About ${formatCount(needed, "photo")} with verdicts would tell.`,
  };
}

const rivalOf = (pack: "a" | "b"): "a" | "b" => (pack === "a" ? "b" : "a");

/** The pack that is better by a measure where more is better; null if the interval includes zero. */
function winnerOf({ difference: { interval } }: MeasuredDifference): "a" | "b" | null {
  if (interval[0] > 0) return "b";
  return interval[1] < 0 ? "a" : null;
}

const isWithinMargin = ({ difference: { interval } }: MeasuredDifference): boolean =>
  interval[0] >= -MARGIN && interval[1] <= MARGIN;

/**
 * Photos that would show the difference if it stays as it is, or one of two points if it is smaller; rounded up to two
 * digits.
 */
function photosNeeded({ n, difference: { value, interval } }: MeasuredDifference): number {
  const error = (interval[1] - interval[0]) / (2 * HALF_WIDTH);
  const least = n * Math.max(1.1, ((POWER * error) / Math.max(MARGIN, Math.abs(value))) ** 2);
  const step = 10 ** Math.max(0, Math.floor(Math.log10(least)) - 1);
  return step * Math.ceil(least / step);
}

const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;

/** "15 points, 95% interval 9 to 21", seen from one of the packs. */
function intervalOf({ difference: { value, interval } }: MeasuredDifference, from: "a" | "b"): string {
  const [low, high] = from === "b" ? interval : [-interval[1], -interval[0]];
  const points = (each: number) =>
    (100 * each)
      .toFixed(1)
      .replace(/^-0\.0$/, "0.0")
      .replace("-", "−");
  return `difference ${points(from === "b" ? value : -value)} points, 95% interval ${points(low)} to ${points(high)}`;
}
