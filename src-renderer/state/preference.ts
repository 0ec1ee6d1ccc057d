/** A choice kept in this browser or desktop profile; the fallback where none was made or storage is closed to us. */
export function readPreference<T>(name: string, fallback: T): T {
  try {
    const kept = localStorage.getItem(`semblance.${name}`);
    return kept === null ? fallback : (JSON.parse(kept) as T);
  } catch {
    return fallback; // storage denied, or written by another version
  }
}

export function keepPreference(name: string, value: unknown) {
  try {
    localStorage.setItem(`semblance.${name}`, JSON.stringify(value));
  } catch {
    // Storage denied or full: the choice holds until the window closes.
  }
}
