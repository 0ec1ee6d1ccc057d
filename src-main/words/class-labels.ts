/** Maps the classes of a model pack to labels. */
import { readFileSync } from "node:fs";
import type { LabelId } from "../../src-shared/contract";
import { isLabelId, ownLabel } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { foldPhrase } from "./phrases";
import { readWnidTable, wnidByName } from "./wnid";
import { FILES, type WordNet } from "./wordnet";

export interface PackClass {
  name: string;
  /** WordNet 3.0 id, if the pack has one. */
  wnid?: string;
}

/**
 * Lexicographer files of things that photos can show, with a bonus for how likely a name means such a thing. Half of
 * all senses never occur in tagged text and have no frequencies; the bonus then prefers an animal to its meat, and a
 * fruit to its tree.
 */
const VISIBLE = new Map([
  [FILES.animal, 1.5],
  [FILES.food, 1],
  [FILES.artifact, 0.75],
  [FILES.object, 0.5],
  [FILES.body, 0.5],
  [FILES.phenomenon, 0.5],
  [FILES.plant, 0.25],
]);
/** Bonus for a name that is its synset's first, as much as two occurrences in tagged text. */
const FIRST_NAME = 2;
const PHYSICAL_ENTITY = "wn:00001930";
/** The wood of a tree, which has the tree's name. */
const WOOD = "wn:15122728";

/** Tables that map classes to labels. */
export interface ClassTables {
  /** `imagenet-1k.json` */
  imagenet1k: string;
  /** `class-names.json`: `{name or wnid: label}` */
  classNames: string;
}

/**
 * Maps wnids to labels: ImageNet's 1,000 classes to their own synsets, except for a few whose photos show something
 * else (those of the synset for a punch, "cup", show cups). @throws Refusal `bad-word-table`
 */
export function readWnidLabels({ imagenet1k, classNames }: ClassTables): Map<string, LabelId> {
  const shown = [...readClassTable(classNames)].filter(([key]) => isWnid(key));
  return new Map([...readWnidTable(imagenet1k).map(([wnid, label]): [string, LabelId] => [wnid, label]), ...shown]);
}

/**
 * Maps a class to a label: by the table of wnids; if the wnid is not in it, to the name's sense nearest to the wnid;
 * without a wnid, by the tables of names whose photos show something other than the first meaning ("bass"); then to the
 * most frequent sense that a photo can show; and otherwise to an own label.
 *
 * @param meant the label that our own tables give a name
 * @throws Refusal `bad-word-table`
 */
export function classLabeller(
  wordnet: WordNet,
  tables: ClassTables,
  meant: (name: string) => LabelId | undefined = () => undefined,
): (packClass: PackClass) => LabelId {
  const byWnid = readWnidLabels(tables);
  const near = wnidByName(readWnidTable(tables.imagenet1k), wordnet);
  const byName = readClassNames(tables.classNames);
  return ({ name, wnid }) =>
    (wnid === undefined ? undefined : (byWnid.get(wnid) ?? near(wnid, name))) ??
    byName.get(foldPhrase(name)) ??
    meant(name) ??
    visibleSense(name, wordnet) ??
    ownLabel(name);
}

/** The most probable sense of a name that a photo can show; null if there is none. */
export function visibleSense(name: string, wordnet: WordNet): LabelId | null {
  let best: LabelId | null = null;
  let most = -1;
  for (const sense of wordnet.sensesWithCounts(name)) {
    if (!isVisible(sense.id, wordnet)) continue;
    const readiness = VISIBLE.get(wordnet.synset(sense.id)!.file)!;
    const likelihood = sense.count + readiness + (wordnet.name(sense.id) === sense.name ? FIRST_NAME : 0);
    if (likelihood > most) [best, most] = [sense.id, likelihood];
  }
  return best;
}

/** Whether a synset is a kind of thing that a photo can show: not a person, place name, quantity or idea. */
export function isVisible(id: LabelId, wordnet: WordNet): boolean {
  const synset = wordnet.synset(id);
  if (synset === null || synset.instance || !VISIBLE.has(synset.file)) return false;
  return wordnet.isA(id, PHYSICAL_ENTITY) && !wordnet.isA(id, WOOD);
}

/** Labels of class names, by folded name. @throws Refusal `bad-word-table` */
export function readClassNames(path: string): Map<string, LabelId> {
  return new Map(
    [...readClassTable(path)].filter(([key]) => !isWnid(key)).map(([name, label]) => [foldPhrase(name), label]),
  );
}

const isWnid = (key: string): boolean => /^n\d{8}$/.test(key);

function readClassTable(path: string): Map<string, LabelId> {
  const table: unknown = JSON.parse(readFileSync(path, "utf8"));
  const isEntry = (entry: [string, unknown]): entry is [string, LabelId] => isLabelId(entry[1]);
  const entries = Object.entries(typeof table === "object" && table !== null ? table : {});
  if (entries.length === 0 || !entries.every(isEntry))
    throw new Refusal("bad-word-table", `${path} is not a table of names and labels.`);
  return new Map(entries);
}
