import type { BarePage, TraceEvent } from "./bare-browser";

/**
 * Milliseconds from one frame to the next: that the main thread was on the processor, and that its tasks took with all
 * waiting.
 */
export interface Frame {
  working: number;
  passing: number;
}

const CATEGORIES = ["toplevel", "devtools.timeline"];
/** What begins a frame: the browser calls the page's main thread to draw one. */
const BEGINS = "AnimationFrame";

/**
 * Reads from the browser's own trace what the page's main thread ran between each frame and the next while `work` is
 * done.
 */
export async function traceFrames(page: BarePage, work: () => Promise<void>): Promise<Frame[]> {
  return framesOf(await page.trace(CATEGORIES, work));
}

function framesOf(events: TraceEvent[]): Frame[] {
  const frames = events.filter(({ name, ph }) => name === BEGINS && ph === "b");
  if (frames.length < 2) throw new Error(`${frames.length} frames were drawn`);
  const { pid, tid } = frames[0];
  const begins = frames
    .filter((event) => event.pid === pid && event.tid === tid)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const tasks = events
    .filter(
      (event) =>
        event.pid === pid && event.tid === tid && event.ph === "X" && event.name === "ThreadControllerImpl::RunTask",
    )
    .sort((a, b) => a.ts - b.ts);
  const work = begins.map(() => ({ working: 0, passing: 0 }));
  // A frame begins with the task that draws it; a task within another one is part of it.
  let frame = -1;
  let until = 0;
  for (const { ts, dur = 0, tdur } of tasks) {
    if (ts < until) continue;
    until = ts + dur;
    while (frame + 1 < begins.length && begins[frame + 1] < until) frame++;
    if (frame < 0) continue;
    work[frame].working += (tdur ?? dur) / 1000; // not told of a task that was too short to be measured
    work[frame].passing += dur / 1000;
  }
  return work.slice(0, -1);
}
