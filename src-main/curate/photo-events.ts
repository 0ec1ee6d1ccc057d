/**
 * Divides photos into events: what a person would call one occasion or one trip.
 *
 * Breaks in time are found as in PhotoTOC (Platt, Czerwinski and Field 2003): a gap is a break if it is much longer
 * than those around it, on a logarithmic scale. Days away from home in one place are then joined, so that a week in
 * Lisbon is one event although the camera rests every night.
 */

/** When and where a photo was taken. */
export interface Moment {
  /** Milliseconds, by the camera's clock. */
  at: number;
  /** Degrees north and east; null if unknown. */
  location: { latitude: number; longitude: number } | null;
  /** A person's decision about this photo: it begins an event, or goes on with the one before. */
  decided: "begins" | "continues" | null;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** PhotoTOC's threshold: how much longer than the geometric mean of the gaps around it a gap must be… */
const TIMES_LONGER = 17;
/** … and how many gaps on each side count. */
const GAPS_AROUND = 10;
/** Shorter gaps are no breaks: lunch during a wedding. */
const SHORTEST_BREAK = 6 * HOUR;
/** Longer gaps are breaks, whatever is around them. */
const LONGEST_GAP = 4 * DAY;
/** Gaps within a second count as one second: bursts must not make every pause a break. */
const SHORTEST_GAP = 1000;
/** Further apart is another place. */
const ONE_PLACE_KM = 50;
/** How long the camera can rest within one trip. */
const LONGEST_REST = 36 * HOUR;
/** A person's home is where photos were taken on at least this many days, … */
const DAYS_AT_HOME = 20;
/** … the first and last of them at least this far apart: a long holiday is no home. */
const HOME_SPAN = 60 * DAY;
/** Side of the cells in which days are counted, in degrees: about 20 km. */
const CELL_DEGREES = 0.2;

/**
 * Where events begin.
 * @param moments in order of time
 * @returns ascending indices; the first is 0 unless there are no photos
 */
export function eventStarts(moments: readonly Moment[]): number[] {
  if (moments.length === 0) return [];
  const breaks = breaksInTime(moments.map(({ at }) => at));
  const home = homeOf(moments);
  const starts = [0];
  let last = moments[0]!.location;
  for (let i = 1; i < moments.length; i++) {
    const { at, location, decided } = moments[i]!;
    const gap = at - moments[i - 1]!.at;
    const moved = last !== null && location !== null && kilometres(last, location) > ONE_PLACE_KM;
    const stayed = last !== null && location !== null && !moved;
    const away = location !== null && (home === null || kilometres(home, location) > ONE_PLACE_KM);
    const found = (breaks[i] === 1 && !(stayed && away && gap <= LONGEST_REST)) || (moved && gap > HOUR);
    if (decided === null ? found : decided === "begins") {
      starts.push(i);
      last = null;
    }
    last = location ?? last;
  }
  return starts;
}

/**
 * PhotoTOC's rule for every gap.
 * @param at `[n]` milliseconds, ascending
 * @returns `[n]`: 1 if there is a break before the photo
 */
function breaksInTime(at: readonly number[]): Uint8Array {
  const breaks = new Uint8Array(at.length);
  const logs = Float64Array.from(at, (time, i) => (i === 0 ? 0 : Math.log(Math.max(SHORTEST_GAP, time - at[i - 1]!))));
  // Sums up to each gap, so that each mean is one subtraction.
  const sums = new Float64Array(at.length + 1);
  for (const [i, log] of logs.entries()) sums[i + 1] = sums[i]! + log;
  for (let i = 1; i < at.length; i++) {
    const gap = at[i]! - at[i - 1]!;
    if (gap < SHORTEST_BREAK) continue;
    const from = Math.max(1, i - GAPS_AROUND);
    const to = Math.min(at.length - 1, i + GAPS_AROUND);
    const mean = (sums[to + 1]! - sums[from]!) / (to - from + 1);
    if (gap > LONGEST_GAP || logs[i]! >= Math.log(TIMES_LONGER) + mean) breaks[i] = 1;
  }
  return breaks;
}

/** The middle of the cell in which photos were taken on most days; null if none was visited often enough. */
function homeOf(moments: readonly Moment[]): { latitude: number; longitude: number } | null {
  const cells = new Map<string, { days: Set<number>; location: { latitude: number; longitude: number } }>();
  for (const { at, location } of moments) {
    if (!location) continue;
    const row = Math.floor(location.latitude / CELL_DEGREES);
    const column = Math.floor(location.longitude / CELL_DEGREES);
    const key = `${row} ${column}`;
    const cell = cells.get(key) ?? {
      days: new Set(),
      location: { latitude: (row + 0.5) * CELL_DEGREES, longitude: (column + 0.5) * CELL_DEGREES },
    };
    cells.set(key, cell);
    cell.days.add(Math.floor(at / DAY));
  }
  const lived = [...cells.values()].filter(
    ({ days }) => days.size >= DAYS_AT_HOME && (Math.max(...days) - Math.min(...days)) * DAY >= HOME_SPAN,
  );
  return lived.sort((a, b) => b.days.size - a.days.size)[0]?.location ?? null;
}

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance (haversine). */
function kilometres(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const radians = Math.PI / 180;
  const h =
    Math.sin(((b.latitude - a.latitude) * radians) / 2) ** 2 +
    Math.cos(a.latitude * radians) *
      Math.cos(b.latitude * radians) *
      Math.sin(((b.longitude - a.longitude) * radians) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
