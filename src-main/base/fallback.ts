import { Refusal } from "../../src-shared/refusal";

/**
 * What a library was labelled with may be gone, with a drive or on another computer. Then the bundled one serves, so
 * that the library
 * opens, and a notice says so; what the library remembers stays as it is, for when the drive is back.
 */
export function readOrFallback<T>(read: (name: string) => T, name: string, bundled: string, notices: string[]): T {
  try {
    return read(name);
  } catch (error) {
    if (!(error instanceof Refusal) || name === bundled) throw error;
    const notice = `${error.message.replace(/[.;]?$/, ".")} Until it is back, “${bundled}” stands in for it.`;
    if (!notices.includes(notice)) notices.push(notice);
    return read(bundled);
  }
}
