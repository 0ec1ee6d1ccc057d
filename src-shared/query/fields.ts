/** What a query can ask for by name, and how its values are read. */

export type FieldKind =
  | "label"
  | "confidence"
  | "date"
  | "folder"
  | "state"
  | "number"
  | "people"
  | "bytes"
  | "name"
  | "camera"
  | "lens"
  | "keyword"
  | "rating"
  | "gps"
  | "near"
  | "format"
  | "part";

export interface Field {
  name: string;
  kind: FieldKind;
  /** As completion says it. */
  does: string;
  example: string;
}

export const FIELDS: readonly Field[] = [
  { name: "label", kind: "label", does: "Labels that are shown, and kinds of them", example: "label:dog" },
  { name: "accepted", kind: "label", does: "Labels that you accepted, and kinds of them", example: "accepted:dog" },
  { name: "rejected", kind: "label", does: "Labels that you rejected", example: "rejected:dog" },
  { name: "confidence", kind: "confidence", does: "How sure the label is, 0 to 1", example: "confidence:>0.8" },
  { name: "taken", kind: "date", does: "When it was taken", example: "taken:2024-05" },
  { name: "added", kind: "date", does: "When it came into the library", example: "added:>2024" },
  { name: "folder", kind: "folder", does: "In the folder or below", example: "folder:2025/north" },
  { name: "name", kind: "name", does: "Part of the file's name; * stands for anything", example: "name:IMG_1" },
  { name: "is", kind: "state", does: "What was decided or found out", example: "is:unreviewed" },
  { name: "camera", kind: "camera", does: "Part of the camera's make and model", example: "camera:nikon" },
  { name: "lens", kind: "lens", does: "Part of the lens's model", example: "lens:50mm" },
  {
    name: "keyword",
    kind: "keyword",
    does: "Part of a keyword that another program wrote into the file",
    example: "keyword:travel",
  },
  { name: "rating", kind: "rating", does: "Stars that another program gave it, 0 to 5", example: "rating:>3" },
  { name: "gps", kind: "gps", does: "Whether it says where it was taken", example: "gps:yes" },
  {
    name: "near",
    kind: "near",
    does: "Taken within so many kilometres of a latitude and longitude",
    example: "near:48.85,2.35,10km",
  },
  { name: "people", kind: "people", does: "How many people it shows, by bodies or faces", example: "people:>5" },
  { name: "faces", kind: "people", does: "How many faces it shows", example: "faces:1" },
  {
    name: "split",
    kind: "part",
    does: "Its part of the split into train, validation and test",
    example: "split:train",
  },
  { name: "format", kind: "format", does: "The file's format", example: "format:png" },
  { name: "width", kind: "number", does: "Pixels across", example: "width:>3000" },
  { name: "height", kind: "number", does: "Pixels down", example: "height:>2000" },
  { name: "megapixels", kind: "number", does: "Millions of pixels", example: "megapixels:>12" },
  { name: "bytes", kind: "bytes", does: "The file's size", example: "bytes:>2MB" },
];

export const STATES = {
  accepted: "With an accepted label",
  rejected: "With a rejected label",
  reviewed: "With a verdict of yours",
  unreviewed: "Without any verdict",
  labelled: "With a label",
  unlabelled: "Without any label",
  duplicate: "With a copy or a near-duplicate",
  live: "With a film: Live and Motion Photos",
  raw: "With a camera's RAW file",
  failed: "That could not be read",
} as const;
export type State = keyof typeof STATES;

export const IN_SPLIT = {
  train: "To train on",
  validation: "To choose by",
  test: "To measure on",
  none: "In no part of the split yet",
} as const;
export type SplitFilter = keyof typeof IN_SPLIT;

export const FORMATS = [
  "jpeg",
  "png",
  "webp",
  "tiff",
  "gif",
  "avif",
  "heic",
  "cr2",
  "cr3",
  "nef",
  "arw",
  "dng",
  "raf",
  "orf",
  "rw2",
] as const;
const OTHER_FORMATS: Readonly<Record<string, string>> = { jpg: "jpeg", tif: "tiff", heif: "heic" };

const byName = new Map(FIELDS.map((field) => [field.name, field]));

export const fieldNamed = (name: string): Field | undefined => byName.get(name);
export const isFieldName = (name: string): boolean => byName.has(name);
export const isState = (text: string): text is State => Object.hasOwn(STATES, text);
export const isPart = (text: string): text is SplitFilter => Object.hasOwn(IN_SPLIT, text);
export const formatNamed = (text: string): string => OTHER_FORMATS[text.toLowerCase()] ?? text.toLowerCase();

/** A number, and how far from it a number lies that is still written so: "2.5" is 2.45 to 2.55. */
export interface ParsedValue {
  value: number;
  half: number;
}

const NUMBER = /^(\d{1,12})(?:\.(\d{1,9}))?$/;
const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 };

/** Null where it is none. */
export function readNumber(text: string): ParsedValue | null {
  const match = NUMBER.exec(text);
  return match && { value: Number(text), half: 0.5 * 10 ** -(match[2]?.length ?? 0) };
}

/** Half of one percent, as which confidences are shown. */
const HALF_PERCENT = 0.005;

/** "0.8" or "80%" as a share of 1. */
export function readShare(text: string): ParsedValue | null {
  const percent = text.endsWith("%");
  const number = readNumber(percent ? text.slice(0, -1) : text);
  const scale = percent ? 100 : 1;
  return number && number.value <= scale ? { value: number.value / scale, half: HALF_PERCENT } : null;
}

/** "2MB", "300 kB", "1200000": in powers of 1000, as the window shows sizes. */
export function readBytes(text: string): ParsedValue | null {
  const match = /^([\d.]+)\s*([a-z]*)$/i.exec(text);
  const unit = match && UNITS[match[2]!.toLowerCase()];
  const number = match && readNumber(match[1]!);
  return number && unit !== undefined && unit !== null
    ? { value: number.value * unit, half: number.half * unit }
    : null;
}

export interface Circle {
  latitude: number;
  longitude: number;
  kilometres: number;
}

/** Kilometres around a place for which none are given. */
const NEAR_KM = 1;

/** "48.85,2.35,10km", "48.85,2.35": degrees north and east. Null where it is none. */
export function readCircle(text: string): Circle | null {
  const match = /^(-?\d{1,2}(?:\.\d{1,9})?),(-?\d{1,3}(?:\.\d{1,9})?)(?:,(\d{1,5}(?:\.\d{1,3})?)(km|m)?)?$/i.exec(
    text.replace(/\s/g, ""),
  );
  if (!match) return null;
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  const kilometres = match[3] === undefined ? NEAR_KM : Number(match[3]) / (match[4]?.toLowerCase() === "m" ? 1000 : 1);
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && kilometres > 0
    ? { latitude, longitude, kilometres }
    : null;
}

/**
 * A year, month or day as the first moment in it and the first after it: `2024-05` is `2024-05-01` to `2024-06-01`.
 * Null where it is none.
 */
export function readDate(text: string): { from: string; to: string } | null {
  const match = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const from = new Date(Date.UTC(2000, month - 1, day));
  from.setUTCFullYear(year, month - 1, day);
  if (from.getUTCMonth() !== month - 1 || from.getUTCDate() !== day) return null;
  const to = new Date(from);
  if (match[3] !== undefined) to.setUTCDate(day + 1);
  else if (match[2] !== undefined) to.setUTCMonth(month);
  else to.setUTCFullYear(year + 1);
  return { from: dayOf(from), to: dayOf(to) };
}

/** After the year 9999 comes a text that is after all dates. */
const dayOf = (date: Date): string => (date.getUTCFullYear() > 9999 ? ":" : date.toISOString().slice(0, 10));
