import type { LabelId, PhotoId, SpreadResult } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { prepared, type Store } from "./database";
import { recordAll, type VerdictChange } from "./verdicts";

type GroupVerdict = { label: number; verdict: "accept" | "reject" };

/**
 * Counts what `spreadVerdicts` would do, without doing it.
 * @param from the photo whose verdicts are copied to the rest of its group; null for all photos of each group
 */
export function countSpread(store: Store, groups: readonly (readonly PhotoId[])[], from: PhotoId | null): SpreadResult {
  const { changes, disputed } = changesFor(store, groups, from);
  const photos = new Set(changes.map(({ photo }) => photo));
  return {
    verdicts: changes.length,
    photos: photos.size,
    disputed,
    groups: groups.filter((group) => group.some((photo) => photos.has(photo))).length,
  };
}

/**
 * Copies verdicts from photos to the rest of their group, as one action that undo takes back. A photo's own verdicts
 * stay as they are. A label with contradictory verdicts in a group is skipped in that group.
 * @param from as for `countSpread`
 */
export function spreadVerdicts(
  store: Store,
  groups: readonly (readonly PhotoId[])[],
  from: PhotoId | null,
): SpreadResult {
  const spread = countSpread(store, groups, from);
  recordAll(store, changesFor(store, groups, from).changes, {
    source: "person",
    describe: (n) =>
      `Copy ${formatCount(n, "verdict")} to ${formatCount(spread.photos, "photo")} in ` +
      `${from === null ? formatCount(spread.groups, "group") : "a group"}`,
  });
  return spread;
}

function changesFor(
  store: Store,
  groups: readonly (readonly PhotoId[])[],
  from: PhotoId | null,
): { changes: VerdictChange[]; disputed: number } {
  const standing = prepared<GroupVerdict>(store, "SELECT label, verdict FROM standing WHERE photo = ? ORDER BY event");
  const changes: VerdictChange[] = [];
  let disputed = 0;
  for (const group of groups) {
    const verdictsOf = new Map(
      group.map((photo) => [photo, new Map(standing.all(photo).map(({ label, verdict }) => [label, verdict]))]),
    );
    const given = new Map<number, Set<GroupVerdict["verdict"]>>();
    for (const [photo, verdicts] of verdictsOf) {
      if (from !== null && photo !== from) continue;
      for (const [label, verdict] of verdicts) given.set(label, (given.get(label) ?? new Set()).add(verdict));
    }
    for (const [label, verdicts] of given) {
      const [verdict, ...others] = verdicts;
      if (others.length > 0) disputed++;
      else if (verdict !== undefined)
        for (const photo of group)
          if (!verdictsOf.get(photo)!.has(label))
            changes.push({ photo, label: store.labels.ids.get(label) as LabelId, verdict });
    }
  }
  return { changes, disputed };
}
