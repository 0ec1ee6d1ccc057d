/** Photos that belong together, by row; the one that most others are like first, then as they were found. */
export interface Group {
  kind: "duplicate" | "burst";
  members: number[];
}

/** What two photos that are linked, straight or by others, are to each other. */
export type Relation = (i: number, j: number) => "duplicate" | "burst" | null;

/**
 * Groups from links. From the photo with the most links a group grows along them as long as each further photo is
 * related to that
 * one itself: so a chain of small changes does not make one group of strangers. What is left over is tried again.
 * @param n photos @param links pairs of rows @param relation of two photos of which the first is the group's centre
 * @returns groups of two and more, each photo in one at most, by their first row
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
    if (i === j || i >= n || j >= n) throw new RangeError(`rows ${i} and ${j} of ${n} are linked`);
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

/** Takes the group's photos out of `free`. */
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
    // grows while it is walked through
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
