/** Time constant of the average: short enough to follow a change, long enough not to flicker. */
const SMOOTHING_SECONDS = 4;
/** Steps that are closer together than this are measured as one, in seconds. */
const MIN_SECONDS = 0.2;

/** A smoothed rate of progress, per second. */
export interface Rate {
  perSecond: number;
  done: number;
  /** When `done` was measured, in milliseconds. */
  at: number;
}

export function newRate(now: number): Rate {
  return { perSecond: 0, done: 0, at: now };
}

/** The rate after progress to `done`, as an exponential moving average. */
export function advance(rate: Rate, done: number, now: number): Rate {
  const seconds = (now - rate.at) / 1000;
  if (seconds < MIN_SECONDS) return rate;
  const current = Math.max(0, done - rate.done) / seconds;
  const weight = rate.perSecond === 0 ? 1 : 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
  return { perSecond: rate.perSecond + weight * (current - rate.perSecond), done, at: now };
}
