import type { ExportFormat, Job, ModelInfo } from "../src-shared/contract";

/** Numbers, sizes, times and jobs in words, as the window shows them. */

export const count = (n: number) => n.toLocaleString("en");

/** "1 photo", "1,204 photos" */
export const counted = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

const EM = 13; // pixels of the largest text that is cut off
/** How wide words are in pixels, once measured. */
const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

/**
 * Whether a line of these words may be wider than so many pixels. Only what may be is cut off: every cut is work in
 * each frame of scrolling.
 */
export function mayBeWider(words: string, pixels: number): boolean {
  if (words.length * EM <= pixels) return false;
  let width = widths.get(words);
  if (width === undefined) {
    pen ??= penOf();
    width = pen?.measureText(words).width ?? Infinity;
    widths.set(words, width);
  }
  return width > pixels;
}

function penOf(): CanvasRenderingContext2D | null {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `600 ${EM}px ${getComputedStyle(document.body).fontFamily}`; // as bold as any that is cut off
  return pen;
}

/** A calibrated confidence 0..1 as "91%"; never "100%" for what is not certain, nor "0%" for what is possible. */
export function percent(score: number): string {
  if (score >= 1) return "100%";
  if (score > 0 && score < 0.01) return "<1%";
  return `${Math.min(99, Math.round(score * 100))}%`;
}

/** A minimum confidence 0..1: "at least 50% likely". */
export const atLeast = (threshold: number): string => `at least ${percent(threshold)} likely`;

/** Who is in a photo: "2 people, 1 face"; "" where nobody was found. */
export function peopleWords({ people, faces }: { people: number; faces: number | null }): string {
  if (people === 0) return "";
  return [counted(people, "person", "people"), ...(faces ? [counted(faces, "face")] : [])].join(", ");
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

/** Seconds left as "4 s left", "3 min left", "1 h 20 min left". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}

export function rate(perSecond: number): string {
  if (perSecond >= 10) return `${count(Math.round(perSecond))}/s`;
  return `${perSecond.toFixed(1)}/s`;
}

const DOING: Record<Job["kind"], string> = {
  scan: "Looking through the folder",
  embed: "Looking at photos",
  rank: "Labelling",
  retrain: "Learning from corrections",
  learn: "Learning",
  export: "Exporting labels",
  import: "Reading labels to import",
  evaluate: "Evaluating",
  map: "Making the map",
  exif: "Reading what cameras wrote",
  duplicates: "Looking for duplicates",
  detect: "Finding objects",
  upgrade: "Labelling again with the better model",
};

const DONE: Record<Job["kind"], string> = {
  scan: "Looked through the folder",
  embed: "All photos looked at",
  rank: "Photos labelled",
  retrain: "Learned from corrections",
  learn: "Learned",
  export: "Labels exported",
  import: "Labels read",
  evaluate: "Evaluated",
  map: "Map made",
  exif: "Photo data read",
  duplicates: "Duplicates looked for",
  detect: "Objects found",
  upgrade: "Labelled with the better model",
};

export function jobWords({ kind, state, message }: Job): string {
  if (state === "done") return message ? `${DONE[kind]}: ${message}` : DONE[kind];
  if (state === "failed") return `${DOING[kind]} failed: ${message ?? "no reason was given"}`;
  if (state === "cancelled") return `${DOING[kind]}: cancelled`;
  return message ? `${DOING[kind]}: ${message}` : DOING[kind];
}

/** A version as it is called: by what it learned from. */
export function versionName(version: ModelInfo | undefined): string {
  if (!version) return "A version that is gone";
  return version.kind === "bundled" ? "As it came" : `Version ${version.model}`;
}

/** What an export counts, by its format. */
const EXPORTED: Record<ExportFormat, string> = {
  csv: "row",
  wide: "row",
  jsonl: "object",
  coco: "annotation",
  parquet: "row",
  folders: "file",
  xmp: "sidecar",
};
export const exportedRows = (format: ExportFormat, rows: number) => counted(rows, EXPORTED[format]);

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const month = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** A group's title: ISO days and months become dates in the reader's language, all else stays. */
export function groupTitle(title: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(title)) return day.format(new Date(`${title}T12:00:00`));
  if (/^\d{4}-\d{2}$/.test(title)) return month.format(new Date(`${title}-15T12:00:00`));
  return title;
}

export function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : moment.format(date);
}

/** A moment by the camera's own clock, with its offset from UTC where it wrote one: "9 Jul 2023, 18:30 +02:00". */
export function cameraTime(iso: string): string {
  const [, clock, offset] = /^(.{19})(Z|[+-]\d\d:\d\d)?$/.exec(iso) ?? [];
  return clock === undefined ? dateTime(iso) : `${dateTime(clock)}${offset ? ` ${offset}` : ""}`;
}

/** A place as maps take it: "48.85837, 2.29448". */
export const coordinates = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** Last part of a path of either kind of slash. */
export const baseName = (path: string) => path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
