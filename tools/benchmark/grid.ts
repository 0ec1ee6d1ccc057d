import type { Figure, Outcome } from "./figures";
import { scrollingFrames } from "./grid-frames";
import { quantile } from "./quantiles";
import type { Frame } from "./trace-frames";

const MAX_MILLISECONDS = 8;

/** Main-thread time per frame while scrolling a grid of this many photos, also while learning runs. */
export async function grid({ photos }: { photos: number }): Promise<Outcome> {
  const found = await scrollingFrames(photos);
  if ("skipped" in found) return { figures: [], skipped: found.skipped };
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const { what, learning, rounds } of found.ways) {
    const p95 = (frames: Frame[]) =>
      quantile(
        frames.map(({ working }) => working),
        0.95,
      );
    // Other load on the computer can only add to the time, so the best round counts.
    const frames = rounds.toSorted((a, b) => p95(a) - p95(b))[0];
    const working = frames.map((frame) => frame.working);
    const named = `${photos.toLocaleString("en")} photos, ${what}${learning ? ", while learning runs" : ""}`;
    figures.push({
      benchmark: "grid",
      what: `${named}: main thread per frame, p95, best of ${rounds.length} rounds`,
      value: p95(frames),
      unit: "ms",
      target: { atMost: MAX_MILLISECONDS },
    });
    const [p50, p99, most] = [0.5, 0.99, 1].map((p) => quantile(working, p).toFixed(1));
    const passing = quantile(
      frames.map((frame) => frame.passing),
      0.95,
    ).toFixed(1);
    notes.push(
      `${named}: p95 of ${rounds.length} rounds ${rounds.map((each) => p95(each).toFixed(1)).join(", ")}; ` +
        `of the best ${working.length} frames, p50 ${p50}, p99 ${p99}, most ${most} ms; with waiting p95 ${passing} ms`,
    );
  }
  const { before, after } = found.heap;
  figures.push({
    benchmark: "grid",
    what: `${photos.toLocaleString("en")} photos, all scrolled through: page heap after ÷ before`,
    value: after / before,
    unit: "×",
  });
  notes.push(`heap: ${(before / 1e6).toFixed(1)} MB before, ${(after / 1e6).toFixed(1)} MB after`);
  return { figures, notes };
}
