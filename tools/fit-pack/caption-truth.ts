import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Lexicon } from "../../src-main/labeller/lexicon";
import { foldPhrase } from "../../src-main/words/phrases";
import type { LabelId } from "../../src-shared/contract";

/** Maximum number of words in a caption phrase: "baseball bat", "fire hydrant", "hot air balloon". */
const MAX_NAME_WORDS = 3;

/** Groups of people count as people, although WordNet separates them. */
const ALSO: Record<string, string[]> = {
  people: ["person"],
  crowd: ["person", "people"],
  couple: ["person", "people"],
  family: ["person", "people"],
  team: ["person", "people"],
  men: ["people"],
  women: ["people"],
  children: ["people"],
  boys: ["people"],
  girls: ["people"],
  kids: ["people"],
  players: ["people"],
  friends: ["people"],
};

/** Counted only when the caption says it: in WordNet, people, couples and crowds are its descendants. */
const NOT_BY_KIND = "group";

/** Ground truth from captions: the labels named by a word or phrase, and their ancestors. */
export function labelsInCaptions(captions: readonly string[], { labels, wordnet }: Lexicon): Set<LabelId> {
  const said = new Set<LabelId>();
  const group = labels.resolve(NOT_BY_KIND)[0];
  const say = (name: string) => {
    for (const other of ALSO[name] ?? []) say(other);
    const meant = labels.resolve(name)[0];
    if (meant === undefined) return;
    said.add(meant);
    for (const kind of wordnet.ancestors(meant).keys()) if (kind !== group) said.add(kind);
  };
  for (const caption of captions) {
    const words = foldPhrase(caption)
      .split(/[^\p{L}\p{N}'-]+/u)
      .filter((word) => word !== "");
    for (let from = 0; from < words.length; from++) {
      for (let length = Math.min(MAX_NAME_WORDS, words.length - from); length > 0; length--)
        say(words.slice(from, from + length).join(" "));
    }
  }
  return said;
}

/** The captions of every photo, from a CSV with the columns photo and caption. */
export function readCaptions(file: string): Map<string, string[]> {
  const captions = new Map<string, string[]>();
  for (const { photo, caption } of parse(readFileSync(file), { columns: true }) as {
    photo: string;
    caption: string;
  }[]) {
    captions.set(photo, [...(captions.get(photo) ?? []), caption]);
  }
  return captions;
}
