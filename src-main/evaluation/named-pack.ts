import type { LabelId } from "../../src-shared/contract";
import { dataFolder } from "../base/data-folder";
import { defaultPack } from "../base/default-pack";
import { packFolder } from "../base/resources";
import { type Lexicon, readLexicon } from "../labeller/lexicon";
import { classLabelsOf } from "../labeller/pack-labels";
import { classifierOutput, type Pack, readPack } from "../vision/pack";

/** A pack with the words that its classes are labels in. */
export interface PackWithWords {
  /** The data folder. */
  home: string;
  lexicon: Lexicon;
  pack: Pack;
  /** `[C]` */
  classLabels: LabelId[];
}

/** @param name a pack's name or a folder @param home the data folder @throws Refusal `no-pack`, `bad-pack` */
export const readNamedPack = (name: string = defaultPack(), home = dataFolder()): Pack =>
  readPack(packFolder(name, home));

/**
 * @param words a vocabulary's file, or "bundled"
 * @throws Refusal `no-pack`, `bad-pack`, `bad-vocabulary`
 */
export function readPackWithWords(home: string, name?: string, words?: string): PackWithWords {
  const lexicon = readLexicon(words);
  const pack = readNamedPack(name, home);
  classifierOutput(pack); // a text tower's classes are those of a library
  return { home, lexicon, pack, classLabels: classLabelsOf(pack, lexicon) };
}
