/** Suggests known words for a misspelt one. */

/** Cost of one edit: as much as being 100 times rarer. */
const EDIT = Math.log(100);

/**
 * Words within two edits (insert, delete, replace, transpose) of a word, or that begin with it, the most probable
 * first.
 *
 * @param words most frequent first
 */
export function spellingNeighbours(words: string[], word: string, n: number): string[] {
  const found: { word: string; cost: number }[] = [];
  const limit = word.length < 4 ? 1 : 2; // two edits turn any three letters into any others
  for (let i = 0; i < words.length; i++) {
    const candidate = words[i];
    const longer = candidate.length - word.length;
    if (longer > 0 && word.length >= 3 && candidate.startsWith(word)) {
      found.push({ word: candidate, cost: Math.log(i + 2) + EDIT * Math.min(2, longer) });
    } else if (Math.abs(longer) <= limit && candidate !== word) {
      const edits = editDistance(word, candidate, limit);
      if (edits <= limit)
        found.push({ word: candidate, cost: Math.log(i + 2) + EDIT * (edits + (candidate[0] === word[0] ? 0 : 1)) });
    }
  }
  return found
    .sort((a, b) => a.cost - b.cost)
    .slice(0, n)
    .map((each) => each.word);
}

const rows = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)];

/** Optimal string alignment distance, or any number above `limit` once it is known to exceed it. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit || b.length >= 63) return limit + 1;
  let [before, last, row] = rows;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      ) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row[j] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    [before, last, row] = [last, row, before];
  }
  return last[b.length];
}
