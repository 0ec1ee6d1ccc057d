import { COLOUR_LABELS, MAX_LABEL_TEXT, MAX_RATING, type PhotoMarks } from "../../src-shared/photo-marks";

/** The marks in a photo's file or sidecar; null for those that it doesn't have. */
export type FileMarks = { [Mark in keyof PhotoMarks]: PhotoMarks[Mark] | null };

/** The values of the properties that hold marks, as text. Absent ones are undefined. */
export interface MarkProperties {
  /** `xmp:Rating`: 0 to 5, or -1 for a rejected photo (Bridge, Camera Raw). */
  rating?: string;
  /** `xmp:Label`: the name of the colour label, in the language of the program that wrote it. */
  label?: string;
  /** `xmpDM:pick`: 1, 0 or -1. Lightroom Classic writes it since 13.2. */
  pick?: string;
  /** `xmpDM:good`: whether it is picked, as Lightroom and Bridge write beside `pick`. */
  good?: string;
  /** `digiKam:PickLabel`: 0 none, 1 rejected, 2 pending, 3 accepted. */
  pickLabel?: string;
  /** `digiKam:ColorLabel`: a number in `DIGIKAM_COLOURS`. */
  colorLabel?: string;
  /** `MicrosoftPhoto:Rating`, in percent: 1, 25, 50, 75, 99. */
  percent?: string;
}

/** digiKam's colour labels by number. Lightroom's purple is its magenta. */
export const DIGIKAM_COLOURS = ["", "red", "orange", "yellow", "green", "blue", "purple", "grey", "black", "white"];

/**
 * What `xmp:Label` holds for red, yellow, green, blue and purple. Lightroom writes the colour's name in the language of
 * its window; Bridge's own labels are Select, Second, Approved, Review and To Do.
 */
const LABEL_TEXTS: readonly (readonly string[])[] = [
  ["red", "yellow", "green", "blue", "purple"],
  ["select", "second", "approved", "review", "to do"],
  ["rot", "gelb", "grün", "blau", "lila"],
  ["rouge", "jaune", "vert", "bleu", "violet"],
  ["rojo", "amarillo", "verde", "azul", "púrpura"],
  ["rosso", "giallo", "verde", "blu", "viola"],
  ["vermelho", "amarelo", "verde", "azul", "roxo"],
  ["rood", "geel", "groen", "blauw", "paars"],
  ["röd", "gul", "grön", "blå", "lila"],
  ["レッド", "イエロー", "グリーン", "ブルー", "パープル"],
];
/** Other names that programs use for these. */
const OTHER_TEXTS = { magenta: "purple", gray: "grey" } as const;

const COLOUR_OF_TEXT: ReadonlyMap<string, string> = new Map([
  ...LABEL_TEXTS.toReversed().flatMap((texts) => texts.map((text, i): [string, string] => [text, COLOUR_LABELS[i]!])),
  ...Object.entries(OTHER_TEXTS),
  ...DIGIKAM_COLOURS.map((colour): [string, string] => [colour, colour]),
]);

/** The colour that a label's text stands for; the text itself if it is none of the known names. */
export function colourOfText(label: string): string {
  const text = label.trim().slice(0, MAX_LABEL_TEXT);
  return COLOUR_OF_TEXT.get(text.toLowerCase()) ?? text;
}

/** The stars of a rating in percent, as Windows writes it. */
const starsOfPercent = (percent: number): number => (percent < 1 ? 0 : Math.min(5, 1 + Math.round(percent / 25)));

/** Windows' rating in percent, by stars. */
export const PERCENT_OF_STARS = [0, 1, 25, 50, 75, 99] as const;

/** What the properties say. Where two programs' properties disagree, the more widely read one counts. */
export function readMarks(properties: MarkProperties): FileMarks {
  const rating = integer(properties.rating, -1, MAX_RATING);
  const percent = integer(properties.percent, 0, 100);
  const colorLabel = integer(properties.colorLabel, 0, DIGIKAM_COLOURS.length - 1);
  return {
    flag: rating === -1 ? "reject" : flagOf(properties),
    rating: rating !== null ? Math.max(0, rating) : percent !== null ? starsOfPercent(percent) : null,
    colour:
      properties.label !== undefined
        ? colourOfText(properties.label)
        : colorLabel !== null
          ? DIGIKAM_COLOURS[colorLabel]!
          : null,
  };
}

function flagOf({ pick, good, pickLabel }: MarkProperties): FileMarks["flag"] {
  const lightroom = integer(pick, -1, 1);
  if (lightroom !== null) return lightroom === 1 ? "pick" : lightroom === 0 ? "none" : "reject";
  if (/^true$/i.test(good ?? "")) return "pick";
  if (/^false$/i.test(good ?? "")) return "reject";
  const digikam = integer(pickLabel, 0, 3);
  return digikam === null ? null : digikam === 3 ? "pick" : digikam === 1 ? "reject" : "none";
}

/** Null if it is no whole number in the range. "4.0" is 4. */
function integer(text: string | undefined, least: number, most: number): number | null {
  const number = text === undefined || text.trim() === "" ? NaN : Number(text);
  return Number.isInteger(number) && number >= least && number <= most ? number : null;
}
