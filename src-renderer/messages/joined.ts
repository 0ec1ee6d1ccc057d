type Joined<Parts extends readonly string[]> = Parts extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? `${First}${Joined<Rest>}`
  : "";

/** A message too long for one line. Unlike `+` it keeps the literal type, which the message's arguments come from. */
export const joined = <const Parts extends readonly string[]>(...parts: Parts): Joined<Parts> =>
  parts.join("") as Joined<Parts>;
