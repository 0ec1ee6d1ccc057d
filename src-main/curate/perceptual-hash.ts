/** Frequencies per direction in the hash. */
const SIDE = 8;

/** Cosine basis of frequencies 0 to 8 over `side` pixels, `[9, side]`. */
function cosines(side: number): Float64Array {
  return Float64Array.from({ length: (SIDE + 1) * side }, (_, i) =>
    Math.cos((Math.PI * Math.floor(i / side) * (2 * (i % side) + 1)) / (2 * side)),
  );
}

/**
 * 64-bit perceptual hash of each picture: the signs of its lowest 8×8 DCT coefficients (after Zauner 2010, who compares
 * them with their median). The constant term carries no information, so its bit holds the sign of the ninth horizontal
 * frequency instead. Because only signs are used, the mirrored picture's hash follows by flipping bits.
 * @param greys `[n, side, side]` @returns `[n]`
 */
export function perceptualHashes(greys: Uint8Array, side: number): BigUint64Array {
  const n = greys.length / (side * side);
  if (!Number.isInteger(n)) throw new RangeError(`${greys.length} pixels do not make pictures of ${side}×${side}`);
  const wave = cosines(side);
  const across = new Float64Array((SIDE + 1) * side);
  return BigUint64Array.from({ length: n }, (_, i) => {
    for (let u = 0; u <= SIDE; u++) {
      for (let y = 0, at = i * side * side; y < side; y++) {
        let sum = 0;
        for (let x = 0; x < side; x++, at++) sum += wave[u * side + x] * greys[at];
        across[u * side + y] = sum;
      }
    }
    const strength = (u: number, v: number) => {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += wave[v * side + y] * across[u * side + y];
      return sum;
    };
    let hash = 0n;
    for (let v = SIDE - 1; v >= 0; v--)
      for (let u = SIDE - 1; u >= 0; u--)
        hash = (hash << 1n) | (strength(u === 0 && v === 0 ? SIDE : u, v) > 0 ? 1n : 0n);
    return hash;
  });
}

/** Mirroring changes the sign of odd horizontal frequencies. */
const ODD = 0xaaaa_aaaa_aaaa_aaaan;

/** The hash of the mirrored picture. */
export const mirrorHash = (hash: bigint): bigint => hash ^ ODD;
