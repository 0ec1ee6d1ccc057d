/** Display names of the 1,000 ImageNet classes, except those that are everyday labels. */
import { SHOWN_NAMES } from "./names-by-hand.mjs";

/** Pairs of labels that share a name, because neither has another common one. */
const SHARED = new Set(["crane", "kite"]);

/**
 * @param usualName from usualNames()
 * @param everyday `[[label, name], ...]`
 * @param imagenet `[[wnid, label, first name], ...]`
 * @param wnidLabels labels by wnid, from readWnidLabels()
 * @returns JSON: `[[label, name], ...]` of labels whose display name is not WordNet's first
 */
export function compileShownNames(wordnet, usualName, everyday, imagenet, wnidLabels) {
  const named = new Map(everyday);
  const labels = [...new Set(imagenet.map(([, label]) => label))];
  const name = (id) => named.get(id) ?? SHOWN_NAMES[id] ?? usualName(id);
  const idle = Object.keys(SHOWN_NAMES).filter((id) => !wordnet.has(id) || (!named.has(id) && !labels.includes(id)));
  if (idle.length > 0) throw new Error(`names of no label: ${idle.join(" ")}`);
  const shown = new Map();
  for (const id of new Set([...named.keys(), ...wnidLabels.values()])) {
    const folded = name(id).toLowerCase();
    shown.set(folded, [...(shown.get(folded) ?? []), id]);
  }
  const shared = [...shown]
    .filter(([each, ids]) => ids.length > 1 && !SHARED.has(each))
    .map(([each, ids]) => `${each} ${ids.join(" ")}`);
  if (shared.length > 0) throw new Error(`one name for several labels: ${shared.join("; ")}`);
  const entries = [...new Set([...labels, ...wnidLabels.values()])].filter(
    (id) => !named.has(id) && name(id) !== wordnet.name(id),
  );
  return `[\n${entries.map((id) => JSON.stringify([id, name(id)])).join(",\n")}\n]\n`;
}
