/** One greyscale picture of many, `[side, side]`, 0..255. @param all `[n, side, side]` */
export function picture(all: Uint8Array, i: number, side: number, mirrored: boolean): Float32Array {
  const light = new Float32Array(side * side);
  for (let y = 0, at = i * side * side; y < side; y++)
    for (let x = 0; x < side; x++, at++) light[y * side + (mirrored ? side - 1 - x : x)] = all[at];
  return light;
}

/** 3×3 binomial filter with repeated edges. */
export function blur(light: Float32Array, side: number): Float32Array {
  const across = new Float32Array(light.length),
    out = new Float32Array(light.length);
  for (let y = 0; y < side; y++)
    for (let x = 0, at = y * side; x < side; x++, at++)
      across[at] = (light[x > 0 ? at - 1 : at] + 2 * light[at] + light[x < side - 1 ? at + 1 : at]) / 4;
  for (let y = 0; y < side; y++)
    for (let x = 0, at = y * side; x < side; x++, at++)
      out[at] = (across[y > 0 ? at - side : at] + 2 * across[at] + across[y < side - 1 ? at + side : at]) / 4;
  return out;
}

/** The picture at offset `from`, at half its side length. */
export function halve(grey: Uint8Array, from: number, side: number): Float32Array {
  const half = side >> 1;
  return Float32Array.from({ length: half * half }, (_, i) => {
    const at = from + 2 * Math.floor(i / half) * side + 2 * (i % half);
    return (grey[at] + grey[at + 1] + grey[at + side] + grey[at + side + 1]) / 4;
  });
}
