import type { Flag } from "../photo-marks";

/** The fields of the query language, and how their values are parsed. */

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
  | "place"
  | "flag"
  | "colour"
  | "gps"
  | "near"
  | "format"
  | "part";

export interface Field {
  name: string;
  kind: FieldKind;
  /** Shown in completions. */
  does: string;
  example: string;
}

export const FIELDS: readonly Field[] = [
  { name: "label", kind: "label", does: "Has this label, or a kind of it", example: "label:dog" },
  { name: "accepted", kind: "label", does: "You accepted this label, or a kind of it", example: "accepted:dog" },
  { name: "rejected", kind: "label", does: "You rejected this label", example: "rejected:dog" },
  { name: "confidence", kind: "confidence", does: "Confidence of the label, 0 to 1", example: "confidence:>0.8" },
  { name: "taken", kind: "date", does: "When it was taken", example: "taken:2024-05" },
  { name: "added", kind: "date", does: "When it was added to the library", example: "added:>2024" },
  { name: "folder", kind: "folder", does: "In this folder or its subfolders", example: "folder:2025/north" },
  { name: "name", kind: "name", does: "Part of the file name; * matches anything", example: "name:IMG_1" },
  { name: "is", kind: "state", does: "State: reviewed, duplicate, unreadable and so on", example: "is:unreviewed" },
  { name: "camera", kind: "camera", does: "Part of the camera make or model", example: "camera:nikon" },
  { name: "lens", kind: "lens", does: "Part of the lens model", example: "lens:50mm" },
  {
    name: "keyword",
    kind: "keyword",
    does: "Part of a keyword stored in the file",
    example: "keyword:travel",
  },
  { name: "place", kind: "place", does: "Part of the name of a town, region or country", example: "place:paris" },
  { name: "region", kind: "place", does: "Part of the name of a state or province", example: "region:bavaria" },
  { name: "country", kind: "place", does: "Country, by code or English name", example: "country:fr" },
  { name: "rating", kind: "rating", does: "Stars, 0 to 5", example: "rating:>=3" },
  { name: "flag", kind: "flag", does: "Flag: pick, reject or none", example: "flag:reject" },
  { name: "colour", kind: "colour", does: "Colour label", example: "colour:red" },
  { name: "gps", kind: "gps", does: "Has a location", example: "gps:yes" },
  {
    name: "near",
    kind: "near",
    does: "Taken within this distance of a latitude and longitude",
    example: "near:48.85,2.35,10km",
  },
  { name: "people", kind: "people", does: "Number of people, by bodies or faces", example: "people:>5" },
  { name: "faces", kind: "people", does: "Number of faces", example: "faces:1" },
  {
    name: "split",
    kind: "part",
    does: "Part of the split: train, validation, test or none",
    example: "split:train",
  },
  { name: "format", kind: "format", does: "File format", example: "format:png" },
  { name: "width", kind: "number", does: "Width in pixels", example: "width:>3000" },
  { name: "height", kind: "number", does: "Height in pixels", example: "height:>2000" },
  { name: "megapixels", kind: "number", does: "Size in megapixels", example: "megapixels:>12" },
  { name: "bytes", kind: "bytes", does: "File size", example: "bytes:>2MB" },
];

export const STATES = {
  accepted: "With an accepted label",
  rejected: "With a rejected label",
  reviewed: "With a verdict from you",
  unreviewed: "Without any verdict",
  labelled: "With a label",
  unlabelled: "Without any label",
  duplicate: "With a copy or a near-duplicate",
  live: "With a film: Live and Motion Photos",
  raw: "With a camera's RAW file",
  picked: "Picked",
  unflagged: "Neither picked nor rejected",
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

/** Other spellings of fields. They are understood, and not offered. */
const OTHER_NAMES: Readonly<Record<string, string>> = { color: "colour" };

export const fieldNamed = (name: string): Field | undefined => byName.get(OTHER_NAMES[name] ?? name);
export const isFieldName = (name: string): boolean => fieldNamed(name) !== undefined;
export const isState = (text: string): text is State => Object.hasOwn(STATES, text);
/** What `flag:` takes, in the words of different programs. */
export const FLAG_NAMES: Readonly<Record<string, Flag>> = {
  pick: "pick",
  picked: "pick",
  reject: "reject",
  rejected: "reject",
  none: "none",
};

export const isPart = (text: string): text is SplitFilter => Object.hasOwn(IN_SPLIT, text);
export const formatNamed = (text: string): string => OTHER_FORMATS[text.toLowerCase()] ?? text.toLowerCase();

/** A number, and half its precision as typed: "2.5" matches 2.45 to 2.55. */
export interface ParsedValue {
  value: number;
  half: number;
}

const NUMBER = /^(\d{1,12})(?:\.(\d{1,9}))?$/;
const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 };

/** Null if it is not a number. */
export function readNumber(text: string): ParsedValue | null {
  const match = NUMBER.exec(text);
  return match && { value: Number(text), half: 0.5 * 10 ** -(match[2]?.length ?? 0) };
}

/** Confidences are shown in whole percent. */
const HALF_PERCENT = 0.005;

/** "0.8" or "80%" as 0..1; null if it is neither. */
export function readShare(text: string): ParsedValue | null {
  const percent = text.endsWith("%");
  const number = readNumber(percent ? text.slice(0, -1) : text);
  const scale = percent ? 100 : 1;
  return number && number.value <= scale ? { value: number.value / scale, half: HALF_PERCENT } : null;
}

/** "2MB", "300 kB", "1200000" in bytes, with units of powers of 1000, as in the window; null if it is none. */
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

/** The default radius, in kilometres. */
const NEAR_KM = 1;

/** "48.85,2.35,10km" or "48.85,2.35", in degrees north and east; null if it is neither. */
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

/** A year, month or day as its first day and the first after it: `2024-05` is `2024-05-01` to `2024-06-01`; or null. */
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

/** ":" sorts after all digits, so it is later than any date. */
const dayOf = (date: Date): string => (date.getUTCFullYear() > 9999 ? ":" : date.toISOString().slice(0, 10));
