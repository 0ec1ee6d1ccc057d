import { PbfReader } from "pbf";
import { concat } from "../math/concat";

/** One encoded field of a protobuf message. */
export interface Field {
  tag: number;
  /** The field including its key and length. */
  whole: Uint8Array;
  /** The bytes of a string, message or packed list; null for a number. */
  payload: Uint8Array | null;
}

const LENGTH_DELIMITED = 2;

/** Iterates over the fields of a message, in order. @throws RangeError when one ends beyond the message */
export function* eachField(message: Uint8Array): Generator<Field, void> {
  const pbf = new PbfReader(message);
  while (pbf.pos < message.length) {
    const begin = pbf.pos;
    const key = pbf.readVarint();
    const tag = (key >>> 3) & 0x1fff_ffff;
    let payload: Uint8Array | null = null;
    if ((key & 7) === LENGTH_DELIMITED) {
      const length = pbf.readVarint();
      payload = message.subarray(pbf.pos, pbf.pos + length);
      pbf.pos += length;
    } else pbf.skip(key);
    if (pbf.pos > message.length) throw new RangeError(`field ${tag} ends at byte ${pbf.pos} of ${message.length}`);
    yield { tag, whole: message.subarray(begin, pbf.pos), payload };
  }
}

export const fieldsOf = (message: Uint8Array): Field[] => [...eachField(message)];

/** The bytes of a field that holds a string, a message or a packed list. @throws RangeError when it holds a number */
export function payloadOf({ tag, payload }: Field): Uint8Array {
  if (payload === null) throw new RangeError(`field ${tag} is a number, not a message`);
  return payload;
}

/** Encodes a length-delimited field. */
export function encodeField(tag: number, payload: Uint8Array): Uint8Array {
  return concatBytes([varint((tag << 3) | LENGTH_DELIMITED), varint(payload.length), payload]);
}

/** Concatenates fields. */
export const concatBytes = (parts: Uint8Array[]): Uint8Array => concat(parts, Uint8Array);

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

const utf8 = new TextDecoder();
/** The first string with this field number. */
export const textOf = (message: Uint8Array, tag: number): string =>
  utf8.decode(fieldsOf(message).find((field) => field.tag === tag)?.payload ?? undefined);
