import { crc32 } from "node:zlib";

/** 0..1, uniform */
export type Draw = () => number;

/**
 * Makes a file that is almost an image.
 * @param bytes of an image, not changed
 * @param other bytes of another image
 */
export type Mutation = (bytes: Buffer, draw: Draw, other: Buffer) => Buffer;

const below = (draw: Draw, n: number): number => Math.floor(draw() * n);

/** Flips one to 64 bits, anywhere. */
const flipBits: Mutation = (bytes, draw) => {
  const made = Buffer.from(bytes);
  for (let flips = 2 ** below(draw, 7); flips > 0; flips--) made[below(draw, made.length)] ^= 1 << below(draw, 8);
  return made;
};

const truncate: Mutation = (bytes, draw) => Buffer.from(bytes.subarray(0, 1 + below(draw, bytes.length - 1)));

/** Swaps two stretches. */
const swapBlocks: Mutation = (bytes, draw) => {
  const length = 1 + below(draw, Math.max(1, bytes.length >> 3));
  const [a, b] = [below(draw, bytes.length - length), below(draw, bytes.length - length)];
  const made = Buffer.from(bytes);
  bytes.copy(made, a, b, b + length);
  bytes.copy(made, b, a, a + length);
  return made;
};

/** Starts as one image and continues as another, usually of another format. */
const splice: Mutation = (bytes, draw, other) =>
  Buffer.concat([bytes.subarray(0, 1 + below(draw, bytes.length - 1)), other.subarray(below(draw, other.length))]);

/** Changes a number that gives a length, a width or an offset. */
const editLengths: Mutation = (bytes, draw) => {
  const made = Buffer.from(bytes);
  const fields = lengthFields(bytes);
  if (fields.length === 0) return flipBits(bytes, draw, bytes);
  for (let edits = 1 + below(draw, 3); edits > 0; edits--) {
    const { at, size, little } = fields[below(draw, fields.length)];
    const most = 2 ** (8 * size) - 1;
    const old = little ? made.readUIntLE(at, size) : made.readUIntBE(at, size);
    const values = [
      0,
      1,
      old + 1,
      old - 1,
      2 * old,
      old >> 1,
      most,
      most >> 1,
      (most >> 1) + 1,
      below(draw, most),
      16383,
      16384,
    ];
    const value = Math.max(0, Math.min(most, values[below(draw, values.length)]));
    if (little) made.writeUIntLE(value, at, size);
    else made.writeUIntBE(value, at, size);
  }
  return made;
};

/** Keeps the first bytes and replaces a stretch after them with noise. */
const noiseBehindHeader: Mutation = (bytes, draw) => {
  const made = Buffer.from(bytes);
  const from = Math.min(made.length - 1, 32 + below(draw, 512));
  const length = 1 + below(draw, made.length - from);
  for (let i = from; i < from + length; i++) made[i] = below(draw, 256);
  return made;
};

export const MUTATIONS: Record<string, Mutation> = {
  flipBits,
  truncate,
  swapBlocks,
  splice,
  editLengths,
  noiseBehindHeader,
};

/** Repairs a PNG's checksums, because decoders read no further than a wrong one. */
export function mendChecksums(bytes: Buffer): Buffer {
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}

export const isPng = (bytes: Buffer): boolean => bytes.length > 8 && bytes.readUInt32BE(0) === 0x89504e47;

interface Field {
  at: number;
  size: 2 | 4;
  little: boolean;
}

/** Positions of lengths, sizes and offsets, as far as the format's outermost structure tells. */
function lengthFields(bytes: Buffer): Field[] {
  const start = bytes.toString("latin1", 0, 12);
  if (start.startsWith("\xff\xd8")) return jpegFields(bytes);
  if (isPng(bytes)) return pngFields(bytes);
  if (start.startsWith("RIFF")) return riffFields(bytes);
  if (start.startsWith("GIF8")) return [6, 8].map((at) => ({ at, size: 2, little: true }));
  if (start.startsWith("II") || start.startsWith("MM")) return tiffFields(bytes, start.startsWith("II"));
  if (start.slice(4, 8) === "ftyp") return boxFields(bytes, 0, bytes.length);
  return [];
}

function jpegFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  for (
    let at = 2;
    at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xd9;
    at += 2 + bytes.readUInt16BE(at + 2)
  ) {
    fields.push({ at: at + 2, size: 2, little: false });
    const isFrame = bytes[at + 1] >= 0xc0 && bytes[at + 1] <= 0xc2;
    if (isFrame) fields.push({ at: at + 5, size: 2, little: false }, { at: at + 7, size: 2, little: false });
    if (bytes[at + 1] === 0xda) break; // image data follows
  }
  return fields.filter(({ at, size }) => at + size <= bytes.length);
}

function pngFields(bytes: Buffer): Field[] {
  const fields: Field[] = [
    { at: 16, size: 4, little: false },
    { at: 20, size: 4, little: false },
  ];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at))
    fields.push({ at, size: 4, little: false });
  return fields;
}

function riffFields(bytes: Buffer): Field[] {
  const fields: Field[] = [{ at: 4, size: 4, little: true }];
  for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4) + (bytes.readUInt32LE(at + 4) & 1)) {
    fields.push({ at: at + 4, size: 4, little: true });
    if (at + 12 <= bytes.length) fields.push({ at: at + 8, size: 4, little: true });
  }
  return fields;
}

/**
 * Type, count and value of every entry in the first directory: among them widths, and offsets of strips and further
 * directories.
 */
function tiffFields(bytes: Buffer, little: boolean): Field[] {
  const read = (at: number, size: number) =>
    at + size > bytes.length ? 0 : little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
  const directory = read(4, 4);
  const fields: Field[] = [
    { at: 4, size: 4, little },
    { at: directory, size: 2, little },
  ];
  for (let i = 0, at = directory + 2; i < read(directory, 2); i++, at += 12)
    fields.push({ at: at + 2, size: 2, little }, { at: at + 4, size: 4, little }, { at: at + 8, size: 4, little });
  return fields.filter(({ at, size }) => at + size <= bytes.length);
}

/** Boxes that contain boxes, and how many bytes precede these. */
const CONTAINERS = new Map([
  ["meta", 4],
  ["iprp", 0],
  ["ipco", 0],
  ["moov", 0],
]);

/** Sizes of ISO boxes, and of the image in `ispe`. */
function boxFields(bytes: Buffer, from: number, to: number): Field[] {
  const fields: Field[] = [];
  for (let at = from; at + 8 <= to;) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    fields.push({ at, size: 4, little: false });
    if (type === "ispe" && at + 20 <= to)
      fields.push({ at: at + 12, size: 4, little: false }, { at: at + 16, size: 4, little: false });
    const inside = CONTAINERS.get(type);
    if (inside !== undefined) fields.push(...boxFields(bytes, at + 8 + inside, Math.min(to, at + size)));
    if (size < 8) break;
    at += size;
  }
  return fields;
}
