import { text } from "./text";

const integer = new Intl.NumberFormat("en");

/** "12,000" */
export const count = (n: number): string => integer.format(n);

/** A calibrated confidence 0..1 as "91%"; never "100%" for what is not certain, nor "0%" for what is possible. */
export function percent(score: number): string {
  if (score >= 1) return "100%";
  if (score > 0 && score < 0.01) return "<1%";
  return `${Math.min(99, Math.round(score * 100))}%`;
}

/** A minimum confidence 0..1: "at least 50%". */
export const atLeast = (threshold: number): string => text("confidence.atLeast", { percent: percent(threshold) });

/** Bytes in powers of 1000: "999 B", "2.4 MB". */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(n) / 3));
  const value = n / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

/** "41/s", "0.4/s" */
export function rate(perSecond: number): string {
  if (perSecond >= 10) return `${count(Math.round(perSecond))}/s`;
  return `${perSecond.toFixed(1)}/s`;
}

/** A place as maps take it, in degrees: "48.85837, 2.29448". */
export const coordinates = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
  `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
