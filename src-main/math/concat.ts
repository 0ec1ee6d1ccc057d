/** Concatenates typed arrays into a new one. @param create the constructor of the result */
export function concat<T extends Uint8Array | Int32Array | Uint32Array | Float32Array>(
  parts: readonly T[],
  create: new (length: number) => T,
): T {
  const all = new create(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
