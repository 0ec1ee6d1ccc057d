import { text } from "./text";

const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const month = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Seconds left as "4 s left", "3 min left", "1 h 20 min left". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return text("time.secondsLeft", { seconds: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return text("time.minutesLeft", { minutes });
  return text("time.hoursLeft", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

export function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : moment.format(date);
}

/** A moment by the camera's own clock, with its offset from UTC if the camera recorded one: "9 Jul 2023, 18:30 +02:00". */
export function cameraTime(iso: string): string {
  const [, clock, offset] = /^(.{19})(Z|[+-]\d\d:\d\d)?$/.exec(iso) ?? [];
  return clock === undefined ? dateTime(iso) : `${dateTime(clock)}${offset ? ` ${offset}` : ""}`;
}

const shortMonth = new Intl.DateTimeFormat(undefined, { month: "short" });
const shortDay = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const longDay = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const noon = (isoDay: string) => new Date(`${isoDay}T12:00:00`);

/** "2024-05" as "May". */
export const monthTitle = (isoMonth: string): string => shortMonth.format(noon(`${isoMonth}-15`));
/** "2024-05-03" as "3 May". */
export const dayTitle = (isoDay: string): string => shortDay.format(noon(isoDay));

/** Days of an event, "2024-05-03/2024-05-07", as "3–7 May 2024"; a single day or month as `groupTitle`. */
export function daysTitle(days: string): string {
  const [from, to] = days.split("/");
  return from && to ? longDay.formatRange(noon(from), noon(to)) : groupTitle(days);
}

/** A group's title: ISO days and months become dates in the reader's language, everything else stays. */
export function groupTitle(title: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(title)) return day.format(new Date(`${title}T12:00:00`));
  if (/^\d{4}-\d{2}$/.test(title)) return month.format(new Date(`${title}-15T12:00:00`));
  return /^\d{4}-\d{2}-\d{2}\/\d{4}-\d{2}-\d{2}$/.test(title) ? daysTitle(title) : title;
}
