/** Text as words: what is counted as one, and where a sentence ends. */

/** Ends a sentence in a list of tokens. */
export const SENTENCE_END = -1;

/**
 * Letters and digits, with apostrophes and hyphens inside; else what ends a sentence: a full stop before white space,
 * an empty line.
 */
const PIECE = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[.!?](?=["'”’)\]]*(?:\s|$))|\n[ \t\r]*\n/gu;
/**
 * The same where every line is a sentence, as corpora for word2vec have it: no mark ends one. Underscores join a
 * phrase.
 */
const PIECE_OF_LINE = /[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}_]+)*|\n/gu;
const IS_WORD = /^[\p{L}\p{M}\p{N}_]/u;

/**
 * Calls back with each word, folded as `foldPhrase` folds what is typed later, and with null where a sentence ends.
 * @param lines whether every line is a sentence; else lines may be broken anywhere
 */
export function eachToken(text: string, lines: boolean, take: (word: string | null) => void): void {
  const folded = text.normalize("NFC").toLowerCase().replace(/’/g, "'");
  for (const [piece] of folded.matchAll(lines ? PIECE_OF_LINE : PIECE)) {
    if (!IS_WORD.test(piece)) take(null);
    else {
      const word = piece.replace(/'s$/, "").replace(/_+/g, " ").trim(); // a vocabulary finds "dog" when it is asked for "dog's"
      if (word !== "") take(word);
    }
  }
}
