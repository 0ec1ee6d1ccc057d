const CAPTION = 13; // pixels: the largest text that is cut off

/** Widths in pixels that were measured, by font size. */
const widths = new Map<number, Map<string, number>>();
const pens = new Map<number, CanvasRenderingContext2D | null>();

/** Width of a line in pixels, in the window's semibold font. Infinity where there is no canvas to measure on. */
export function textWidth(line: string, fontSize: number): number {
  let known = widths.get(fontSize);
  if (!known) widths.set(fontSize, (known = new Map<string, number>()));
  let width = known.get(line);
  if (width === undefined) {
    width = penOf(fontSize)?.measureText(line).width ?? Infinity;
    known.set(line, width);
  }
  return width;
}

/**
 * Whether a line may be wider than this many pixels. Only such lines get an ellipsis: every ellipsis is work in each
 * frame of scrolling.
 */
export const mayBeWider = (line: string, pixels: number): boolean =>
  line.length * CAPTION > pixels && textWidth(line, CAPTION) > pixels;

function penOf(fontSize: number): CanvasRenderingContext2D | null {
  const known = pens.get(fontSize);
  if (known !== undefined) return known;
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `600 ${fontSize}px ${getComputedStyle(document.body).fontFamily}`;
  pens.set(fontSize, pen);
  return pen;
}
