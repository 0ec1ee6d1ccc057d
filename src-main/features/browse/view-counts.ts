import type { ViewCounts } from "../../../src-shared/contract";
import { countReviewed } from "../../store/browse";
import { groupsFound } from "../../store/duplicate-groups";
import { countPhotos } from "../../store/photos";
import { countLabelled } from "../../store/predictions";
import { mostChangedPredictions } from "../../store/previous-predictions";
import type { OpenLibrary } from "../../workspace/open-library";

/** The most changed photos that the window lists. */
const MAX_CHANGED = 500;

/** Counts what the sidebar's views would show. Takes a few milliseconds for 100,000 photos. */
export function viewCounts({ store, model }: OpenLibrary): ViewCounts {
  const { photos } = countPhotos(store);
  const reviewed = countReviewed(store);
  return {
    reviewed,
    unreviewed: photos - reviewed,
    unlabelled: photos - countLabelled(store),
    duplicates: groupsFound(store)?.reduce((sum, group) => sum + group.photos.length, 0) ?? null,
    changed: mostChangedPredictions(store, model.model, MAX_CHANGED).length,
  };
}
