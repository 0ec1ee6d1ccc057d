/**
 * Reads keywords of the IPTC Information Interchange Model (IIM 4.2): record 2, dataset 25. Record 1, dataset 90
 * declares the text encoding.
 */

import type { Place } from "../places/gazetteer";
import { writtenPlace } from "./written-place";

const PHOTOSHOP = Buffer.from("Photoshop 3.0\0", "latin1");
const RESOURCE = Buffer.from("8BIM", "latin1");
/** Photoshop's image resource that contains an IIM block. */
const IIM = 0x0404;
const DATASET = 0x1c;
const UTF8 = "\x1b%G";

/**
 * @param block an IIM block, either bare as in TIFF or among Photoshop's resources as in JPEG
 * @returns the keywords before the first error
 */
export const iptcKeywords = (block: Uint8Array | undefined): string[] => iptcTexts(block, [25]);

/** City, province and country (2:90, 2:95, and 2:100 or 2:101); null if none is written. */
export function iptcPlace(block: Uint8Array | undefined): Place | null {
  const first = (...sets: number[]) => sets.flatMap((set) => iptcTexts(block, [set]))[0];
  return block ? writtenPlace(first(90), first(95), first(101, 100)) : null;
}

/** The texts of some datasets of record 2, before the first error. */
function iptcTexts(block: Uint8Array | undefined, sets: readonly number[]): string[] {
  if (!block) return [];
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const keywords: Buffer[] = [];
  let utf8 = false;
  for (const { record, dataset, value } of datasets(
    bytes.indexOf(PHOTOSHOP) === 0 || bytes.indexOf(RESOURCE) === 0 ? iimResource(bytes) : bytes,
  )) {
    if (record === 1 && dataset === 90) utf8 = value.toString("latin1") === UTF8;
    if (record === 2 && sets.includes(dataset)) keywords.push(value);
  }
  return keywords.map((keyword) => textOf(keyword, utf8)).filter((keyword) => keyword !== "");
}

/** Many programs write UTF-8 without declaring it. What isn't valid UTF-8 is read as Latin-1. */
function textOf(bytes: Buffer, utf8: boolean): string {
  const text = bytes.toString("utf8");
  return (utf8 || !text.includes("\uFFFD") ? text : bytes.toString("latin1")).replaceAll("\0", "").trim();
}

function iimResource(bytes: Buffer): Buffer {
  let at = bytes.indexOf(PHOTOSHOP) === 0 ? PHOTOSHOP.length : 0;
  while (at + 12 <= bytes.length && bytes.subarray(at, at + 4).equals(RESOURCE)) {
    const id = bytes.readUInt16BE(at + 4);
    const name = bytes.readUInt8(at + 6);
    const size = at + 6 + name + 1 + ((name + 1) % 2); // a Pascal string, padded to an even length
    if (size + 4 > bytes.length) break;
    const length = bytes.readUInt32BE(size);
    if (id === IIM) return bytes.subarray(size + 4, size + 4 + length);
    at = size + 4 + length + (length % 2);
  }
  return Buffer.alloc(0);
}

function* datasets(iim: Buffer): Generator<{ record: number; dataset: number; value: Buffer }> {
  for (let at = 0; at + 5 <= iim.length && iim[at] === DATASET;) {
    const length = iim.readUInt16BE(at + 3);
    // An extended dataset, which no keyword is long enough for.
    if (length > 0x7fff || at + 5 + length > iim.length) return;
    yield {
      record: iim.readUInt8(at + 1),
      dataset: iim.readUInt8(at + 2),
      value: iim.subarray(at + 5, at + 5 + length),
    };
    at += 5 + length;
  }
}
