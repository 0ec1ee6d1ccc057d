import type { KeywordOffer } from "../../src-shared/contract";
import { readMeta, type Store, writeMeta } from "../store/database";
import { countPhotosWithKeywords } from "../store/metadata";

/** Key in the `meta` table. */
const OFFER_KEY = "keyword offer";

/** How many photos carry keywords to learn from; null if there are none, or once the offer was taken or declined. */
export function keywordOffer(store: Store): KeywordOffer | null {
  if (readMeta(store, OFFER_KEY)) return null;
  const counts = countPhotosWithKeywords(store);
  return counts.photos > 0 ? counts : null;
}

/** Never offers them again in this library. */
export const closeKeywordOffer = (store: Store): void => writeMeta(store, OFFER_KEY, "closed");
