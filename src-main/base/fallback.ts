import { Refusal, withFullStop } from "../../src-shared/refusal";

/**
 * Reads what a library was labelled with. It may be missing, on an offline volume or on another computer; the bundled
 * one then takes its place, so that the library opens, and a notice says so. The library's setting is not changed.
 */
export function readOrFallback<T>(read: (name: string) => T, name: string, bundled: string, notices: string[]): T {
  try {
    return read(name);
  } catch (error) {
    if (!(error instanceof Refusal) || name === bundled) throw error;
    const notice = `${withFullStop(error.message)} Until it is back, “${bundled}” is used instead.`;
    if (!notices.includes(notice)) notices.push(notice);
    return read(bundled);
  }
}
