import type { XmpRegions } from "../images/xmp-regions";
import { boxOfRegion, keywordOfRegion, type PhotoInFile } from "./mwg-regions";
import type { ImportEntry, ReadBox } from "./photo-keywords";

/** What the regions in a photo's XMP say about it: an entry with their labels and boxes, and those that can't be used. */
export function* regionEntries(
  path: string,
  { appliedTo, regions }: XmpRegions,
  photo: PhotoInFile,
): Generator<ImportEntry> {
  const boxes: ReadBox[] = [];
  const keywords = new Map<string, string[]>();
  for (const [i, region] of regions.entries()) {
    const keyword = keywordOfRegion(region);
    if (keyword === null) continue;
    keywords.set(keyword.join("|"), keyword);
    const where = `${path}, region ${i + 1}`;
    const box = boxOfRegion(region, appliedTo, photo);
    if (typeof box === "string") yield { where, reason: box };
    else boxes.push({ keyword, box, where });
  }
  if (keywords.size > 0) yield { path, keywords: [...keywords.values()], verdict: "accept", boxes };
}
