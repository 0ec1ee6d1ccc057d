import type { BarePage, TraceEvent } from "./bare-browser";

/**
 * Milliseconds from one frame to the next: CPU time of the main thread, and duration of its tasks including waiting.
 */
export interface Frame {
  working: number;
  passing: number;
}

const CATEGORIES = ["toplevel", "devtools.timeline"];
/** The start of a frame: the browser asks the page's main thread to draw. */
const BEGINS = "AnimationFrame";

/** Measures from the browser's trace what the page's main thread did in each frame while `work` runs. */
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
  // A frame begins with the task that draws it; nested tasks are part of it.
  let frame = -1;
  let until = 0;
  for (const { ts, dur = 0, tdur } of tasks) {
    if (ts < until) continue;
    until = ts + dur;
    while (frame + 1 < begins.length && begins[frame + 1] < until) frame++;
    if (frame < 0) continue;
    work[frame].working += (tdur ?? dur) / 1000; // absent for tasks too short to measure
    work[frame].passing += dur / 1000;
  }
  return work.slice(0, -1);
}
