/** The names that the 1,000 ImageNet classes are shown with, where the everyday labels do not name them already. */
import { SHOWN_NAMES } from "./names-by-hand.mjs";

/** Pairs of labels that have one name and keep it: nobody calls either anything else. */
const SHARED = new Set(["crane", "kite"]);

/**
 * @param usualName of usualNames()
 * @param everyday `[[label, name], ...]`
 * @param imagenet `[[wnid, label, first name], ...]`
 * @param wnidLabels what wnids stand for, of readWnidLabels()
 * @returns JSON: `[[label, name], ...]` of those that have another name than WordNet's first
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
