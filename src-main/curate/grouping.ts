/** A group of photos, by row: the centre (the photo with the most links) first, then in the order found. */
export interface Group {
  kind: "duplicate" | "burst";
  members: number[];
}

/** How two linked photos are related. */
export type Relation = (i: number, j: number) => "duplicate" | "burst" | null;

/**
 * Groups linked photos. A group grows along links from the photo with the most of them, for as long as each new photo
 * is related to that centre directly, so that a chain of small changes does not join unrelated photos. What is left
 * over forms groups in the same way.
 * @param n photos
 * @param links pairs of rows
 * @param relation of two photos, the first of which is the group's centre
 * @returns groups of at least two photos, ordered by first row; each photo is in one group at most
 */
export function groupsOf(
  n: number,
  links: { i: ArrayLike<number>; j: ArrayLike<number> },
  relation: Relation,
): Group[] {
  const neighbours = new Map<number, Set<number>>();
  const link = (i: number, j: number) => {
    const known = neighbours.get(i);
    if (known) known.add(j);
    else neighbours.set(i, new Set([j]));
  };
  for (let at = 0; at < links.i.length; at++) {
    const [i, j] = [links.i[at], links.j[at]];
    if (i === j || i >= n || j >= n)
      throw new RangeError(`link between rows ${i} and ${j} is out of range: there are ${n} rows`);
    link(i, j);
    link(j, i);
  }
  const free = new Set(neighbours.keys());
  const linkedMost = [...free].sort((a, b) => neighbours.get(b)!.size - neighbours.get(a)!.size || a - b);
  const groups: Group[] = [];
  for (const centre of linkedMost) {
    if (!free.has(centre)) continue;
    const group = grow(centre, neighbours, free, relation);
    if (group.members.length > 1) groups.push(group);
  }
  return groups.sort((a, b) => Math.min(...a.members) - Math.min(...b.members));
}

/** Removes the group's photos from `free`. */
function grow(
  centre: number,
  neighbours: ReadonlyMap<number, ReadonlySet<number>>,
  free: Set<number>,
  relation: Relation,
): Group {
  const members = [centre];
  const seen = new Set(members);
  let kind: Group["kind"] = "duplicate";
  free.delete(centre);
  for (const member of members) {
    // grows during the walk
    for (const next of [...neighbours.get(member)!].sort((a, b) => a - b)) {
      if (seen.has(next) || !free.has(next)) continue;
      seen.add(next);
      const is = relation(centre, next);
      if (is === null) continue;
      if (is === "burst") kind = "burst";
      free.delete(next);
      members.push(next);
    }
  }
  return { kind, members };
}
