/**
 * Matches detected boxes with true ones as COCOeval does (Lin et al. 2014; cocoapi, PythonAPI/pycocotools/cocoeval.py).
 * Boxes of one category in one image are a group.
 */

/** Intersection over union from which a box counts as found: 0.5, 0.55, …, 0.95, in numpy.linspace's rounding. */
export const IOU_THRESHOLDS = Float64Array.from({ length: 10 }, (_, i) =>
  i < 9 ? 0.5 + i * ((0.95 - 0.5) / 9) : 0.95,
);

/** What a detection is at one threshold: right, wrong, or neither. */
export const MATCH = { wrong: 0, right: 1, ignored: 2 } as const;

/** The boxes of one category in one image, g true and d detected; x, y (top left corner), width and height in pixels. */
export interface BoxGroup {
  /** `[g, 4]` */
  truth: Float64Array;
  /** `[g]` in square pixels; of the object's outline, if the dataset has it. */
  areas: Float64Array;
  /** `[g]` 1 for a box around several objects. */
  crowds: Uint8Array;
  /** `[d, 4]`, highest score first. */
  detected: Float64Array;
}

/**
 * Overlap of each detection with each true box, `[d, g]` in 0..1: intersection over union, or with a crowd intersection
 * over the detection's area, because a crowd is larger than any one detection in it.
 */
export function boxOverlaps({ truth, crowds, detected }: BoxGroup): Float64Array {
  const [n, m] = [detected.length / 4, crowds.length];
  const overlaps = new Float64Array(n * m);
  for (let d = 0; d < n; d++) {
    const [x, y, w, h] = detected.subarray(4 * d, 4 * d + 4);
    for (let g = 0; g < m; g++) {
      const [tx, ty, tw, th] = truth.subarray(4 * g, 4 * g + 4);
      const width = Math.min(w + x, tw + tx) - Math.max(x, tx);
      const height = Math.min(h + y, th + ty) - Math.max(y, ty);
      if (width <= 0 || height <= 0) continue;
      const both = width * height;
      overlaps[d * m + g] = both / (crowds[g] ? w * h : w * h + tw * th - both);
    }
  }
  return overlaps;
}

/** Matches of a group at each of T thresholds. */
export interface GroupMatches {
  /** `[T, d]` of `MATCH` */
  outcomes: Uint8Array;
  /** True boxes that should be found: no crowds, and inside the range. */
  wanted: number;
}

/**
 * Gives each detection, highest score first, the free true box that it overlaps most. True boxes that are crowds or of
 * another size are ignored: a detection that matches only them is neither right nor wrong, nor is an unmatched one of
 * another size. A crowd can be matched any number of times.
 * @param overlaps  of `boxOverlaps`
 * @param smallest  lower end of the range of areas, inclusive, in square pixels
 * @param largest   upper end, inclusive
 */
export function matchBoxes(
  group: BoxGroup,
  overlaps: Float64Array,
  [smallest, largest]: readonly [smallest: number, largest: number],
): GroupMatches {
  const { areas, crowds, detected } = group;
  const [n, m] = [detected.length / 4, crowds.length];
  const isOutside = (area: number) => area < smallest || area > largest;
  const isIgnored = Uint8Array.from(crowds, (crowd, g) => Number(crowd !== 0 || isOutside(areas[g])));
  const order = Uint32Array.from([...isIgnored.keys()].sort((a, b) => isIgnored[a] - isIgnored[b])); // stable
  const outcomes = new Uint8Array(IOU_THRESHOLDS.length * n);
  const taken = new Uint8Array(m);
  for (let t = 0; t < IOU_THRESHOLDS.length; t++) {
    taken.fill(0);
    for (let d = 0; d < n; d++) {
      let best = -1;
      let most = Math.min(IOU_THRESHOLDS[t], 1 - 1e-10);
      for (const g of order) {
        if (taken[g] && !crowds[g]) continue;
        if (best >= 0 && !isIgnored[best] && isIgnored[g]) break; // the ignored are last, and never preferred
        if (overlaps[d * m + g] < most) continue;
        most = overlaps[d * m + g];
        best = g;
      }
      if (best >= 0) {
        taken[best] = 1;
        outcomes[t * n + d] = isIgnored[best] ? MATCH.ignored : MATCH.right;
      } else if (isOutside(detected[4 * d + 2] * detected[4 * d + 3])) outcomes[t * n + d] = MATCH.ignored;
    }
  }
  return { outcomes, wanted: isIgnored.reduce((sum, ignored) => sum + 1 - ignored, 0) };
}
