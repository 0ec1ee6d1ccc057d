import type { EmbeddingMap } from "../../src-shared/contract";

/** Milliseconds in which points move to new places. */
const MOVE_MS = 600;

type Places = Pick<EmbeddingMap, "photos" | "x" | "y">;

/**
 * Moves points from where they are drawn to new places, so that the eye can follow while a map is refined. New points,
 * and all of them for people who prefer reduced motion, are there at once.
 */
export function movingPoints(draw: (xs: ArrayLike<number>, ys: ArrayLike<number>) => void): {
  moveTo(places: Places): void;
  stop(): void;
} {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let photos: readonly number[] = [];
  let [xs, ys] = [new Float32Array(0), new Float32Array(0)];
  let frame = 0;

  return {
    moveTo(places) {
      cancelAnimationFrame(frame);
      const before = rowsBefore(photos, places.photos);
      const [toX, toY] = [Float32Array.from(places.x), Float32Array.from(places.y)];
      const fromX = toX.map((x, i) => (before[i] === -1 ? x : xs[before[i]!]!));
      const fromY = toY.map((y, i) => (before[i] === -1 ? y : ys[before[i]!]!));
      photos = places.photos;
      const nobodyMoves = photos.length === 0 || before.every((row) => row === -1);
      [xs, ys] = still.matches || nobodyMoves ? [toX, toY] : [fromX, fromY];
      draw(xs, ys);
      if (still.matches || nobodyMoves) return;
      let begun: number | null = null;
      const step = (now: number) => {
        begun ??= now;
        const share = Math.min(1, (now - begun) / MOVE_MS);
        const eased = 1 - (1 - share) ** 3;
        for (let i = 0; i < toX.length; i++) {
          xs[i] = fromX[i]! + eased * (toX[i]! - fromX[i]!);
          ys[i] = fromY[i]! + eased * (toY[i]! - fromY[i]!);
        }
        draw(xs, ys);
        if (share < 1) frame = requestAnimationFrame(step);
      };
      [xs, ys] = [fromX.slice(), fromY.slice()];
      frame = requestAnimationFrame(step);
    },
    stop: () => cancelAnimationFrame(frame),
  };
}

/** For each photo its row before, or −1. */
function rowsBefore(before: readonly number[], now: readonly number[]): Int32Array {
  const rows = new Map(before.map((photo, row) => [photo, row]));
  return Int32Array.from(now, (photo) => rows.get(photo) ?? -1);
}
