import type { EmbeddingMap } from "../../src-shared/contract";

export type ColourBy = "label" | "confidence" | "disagreement";
export type Rgb = [number, number, number];

/** Number of labels with distinct colours; more could not be distinguished. */
export const COLOURED_LABELS = 12;
/** Design tokens of each colour ramp, low to high. */
const RAMPS = {
  confidence: ["--map-sure-0", "--map-sure-1", "--map-sure-2"],
  disagreement: ["--map-apart-0", "--map-apart-1", "--map-apart-2"],
} as const;

export const labelColour = (label: number): string =>
  label >= 0 && label < COLOURED_LABELS ? `var(--map-${label + 1})` : "var(--map-other)";
export const rampColours = (by: "confidence" | "disagreement"): string =>
  RAMPS[by].map((token) => `var(${token})`).join(", ");

/**
 * The colour of each point, RGBA `[n, 4]`, 0..255; alpha is 255 for selected photos, else 0.
 * @param read a token's current colour
 */
export function coloursOf(
  map: EmbeddingMap,
  by: ColourBy,
  chosen: ReadonlySet<number>,
  read: (token: string) => Rgb,
): Uint8Array {
  const rgba = new Uint8Array(4 * map.photos.length);
  const other = read("--map-other");
  const labels = by === "label" ? Array.from({ length: COLOURED_LABELS }, (_, i) => read(`--map-${i + 1}`)) : [];
  const ramp = by === "label" ? [] : RAMPS[by].map(read);
  const values = by === "disagreement" ? map.disagreement : map.confidence;
  for (const [i, photo] of map.photos.entries()) {
    const [best = -1, value = -1] = [map.best[i], values[i]];
    const known = by === "disagreement" ? value >= 0 : best >= 0;
    const colour = by === "label" ? (labels[best] ?? other) : known ? along(ramp, value) : other;
    rgba.set(colour, 4 * i);
    if (chosen.has(photo)) rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** The colour of a ramp at 0..1. */
function along(ramp: Rgb[], value: number): Rgb {
  const place = Math.min(1, Math.max(0, value)) * (ramp.length - 1);
  const from = Math.min(ramp.length - 2, Math.floor(place));
  const part = place - from;
  const [below, above] = [ramp[from]!, ramp[from + 1]!];
  return below.map((low, channel) => Math.round(low + part * (above[channel]! - low))) as Rgb;
}

/** Reads tokens as they apply to an element, in the light or dark theme. */
export function tokenReader(element: HTMLElement): (token: string) => Rgb {
  const probe = document.createElement("span");
  return (token) => {
    probe.style.color = `var(${token})`;
    element.append(probe);
    const [red = 0, green = 0, blue = 0] =
      getComputedStyle(probe)
        .color.match(/\d+(\.\d+)?/g)
        ?.map(Number) ?? [];
    probe.remove();
    return [red, green, blue];
  };
}
