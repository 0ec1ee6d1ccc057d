import { dayTitle, monthTitle } from "../messages/times";

interface Day {
  day: string;
  photos: number;
}

/** A mark on the time line: a title, or a tick as long as its share of photos. */
export interface TimeMark {
  /** Pixels from the top. */
  y: number;
  title: string | null;
  /** Photos of this unit against the fullest one, 0..1. */
  strength: number;
}

const TITLE_HEIGHT = 20; // pixels, so that titles don't touch
const TICK_GAP = 4; // pixels
/** Years, months and days, by how much of "2024-05-03" names them. */
const UNITS = [
  { chars: 4, title: (key: string) => key },
  { chars: 7, title: monthTitle },
  { chars: 10, title: dayTitle },
] as const;

/**
 * Titles at the beginnings of the finest unit that has room for all its titles, or years, as far as they have room; and
 * ticks at those of the next finer unit.
 * @param days in the grid's order
 * @param yOf  pixels from the top for the index of a photo
 */
export function marksOf(days: readonly Day[], yOf: (index: number) => number, height: number): TimeMark[] {
  const levels = UNITS.map(({ chars }) => unitsOf(days, chars));
  const finest = levels.findLastIndex((units) => units.length * TITLE_HEIGHT <= height);
  const level = Math.max(0, finest);
  const named = levels[level]!.map(({ key, first }, i, all) => {
    // The first month or day of a year, in the grid's order, says which year it is.
    const begins = level > 0 && key.slice(0, 4) !== all[i - 1]?.key.slice(0, 4);
    return { y: yOf(first), title: begins ? key.slice(0, 4) : UNITS[level]!.title(key), strength: 1, begins };
  });
  const years = spread(
    named.filter(({ begins }) => begins),
    TITLE_HEIGHT,
    height,
  );
  const titles = spread(
    named.filter(({ y, begins }) => begins || years.every((year) => Math.abs(year.y - y) >= TITLE_HEIGHT)),
    TITLE_HEIGHT,
    height,
  ).map(({ begins: _, ...mark }) => mark);
  const finer = levels[level + 1] ?? [];
  const most = Math.max(1, ...finer.map(({ photos }) => photos));
  const taken = titles.map(({ y }) => y);
  const ticks = spread(
    finer.map(({ first, photos }) => ({ y: yOf(first), title: null, strength: Math.sqrt(photos / most) })),
    TICK_GAP,
    height,
  ).filter(({ y }) => !taken.some((top) => y > top - TICK_GAP && y < top + TITLE_HEIGHT - TICK_GAP));
  return [...titles, ...ticks];
}

/** Runs of days in one year or month, with the index of their first photo. */
function unitsOf(days: readonly Day[], chars: number): { key: string; first: number; photos: number }[] {
  const units: { key: string; first: number; photos: number }[] = [];
  let at = 0;
  for (const { day, photos } of days) {
    const key = day.slice(0, chars);
    const last = units.at(-1);
    if (last?.key === key) last.photos += photos;
    else units.push({ key, first: at, photos });
    at += photos;
  }
  return units;
}

/** Leaves out marks that are too near the one before, or would be cut off at the bottom. */
function spread<Mark extends TimeMark>(marks: readonly Mark[], gap: number, height: number): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks)
    if (mark.y + gap <= height && (kept.length === 0 || mark.y - kept.at(-1)!.y >= gap)) kept.push(mark);
  return kept;
}

/** The day at a scroll position: the last that begins at or above it. @param starts pixels, ascending */
export function dayAt(starts: readonly number[], y: number): number {
  let low = 0;
  let high = Math.max(0, starts.length - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first day of the next month in the grid's order, or of this one or the month before. */
export function stepDay(days: readonly Day[], from: number, by: 1 | -1): number {
  const month = (i: number) => days[i]!.day.slice(0, 7);
  let at = from;
  if (by === 1) {
    while (at + 1 < days.length && month(at) === month(from)) at++;
    return at;
  }
  const target = at > 0 && month(at - 1) !== month(at) ? at - 1 : at;
  at = target;
  while (at > 0 && month(at - 1) === month(target)) at--;
  return at;
}
