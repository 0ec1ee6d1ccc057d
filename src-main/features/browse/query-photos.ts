import type { PhotoId } from "../../../src-shared/contract";
import { Refusal } from "../../../src-shared/refusal";
import type { OpenLibrary } from "../../workspace/open-library";
import { browsePhotos } from "./browse-photos";
import { embedQuery } from "./sentence-query";

/**
 * The photos that a query finds, best first; for words, the confident matches. The library's semantic index must be
 * loaded.
 * @throws Refusal `bad-query`
 */
export async function queryPhotos(library: OpenLibrary, query: string): Promise<PhotoId[]> {
  await embedQuery(library, query);
  const { photos, confident, fault } = browsePhotos(library, {
    words: query,
    sort: "relevance",
    descending: true,
    group: "none",
  });
  if (fault) throw new Refusal("bad-query", fault.message);
  return photos.slice(0, confident);
}
