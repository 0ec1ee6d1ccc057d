import { readHead } from "./contained-decode";

/** A keyword that another program wrote into a photo, from general to particular: `["animals", "birds", "crane"]`. */
export interface Keyword {
  keyword: string[];
}

/**
 * The keywords inside a photo: XMP's, also Lightroom's and digiKam's hierarchies, and IPTC's. A plain word that is a
 * step of a path is not said again.
 * @throws Refusal as `decode` does where the file is no photo that can be read
 */
export async function keywordsIn(path: string): Promise<Keyword[]> {
  const { keywords } = await readHead(path);
  return keywords.map((keyword) => ({ keyword }));
}
