/** Splits text into words and sentences. */

/** Marks the end of a sentence in a list of tokens. */
export const SENTENCE_END = -1;

/**
 * Letters and digits, with apostrophes and hyphens inside; otherwise the end of a sentence: a full stop before white
 * space, or an empty line.
 */
const PIECE = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[.!?](?=["'”’)\]]*(?:\s|$))|\n[ \t\r]*\n/gu;
/**
 * The same for one sentence per line, as in word2vec's corpora: punctuation ends no sentence, and underscores join
 * phrases.
 */
const PIECE_OF_LINE = /[\p{L}\p{M}\p{N}_]+(?:['’-][\p{L}\p{M}\p{N}_]+)*|\n/gu;
const IS_WORD = /^[\p{L}\p{M}\p{N}_]/u;

/**
 * Calls back with each word, folded like typed words (`foldPhrase`), and with null at the end of a sentence.
 * @param lines whether each line is a sentence; otherwise lines may break anywhere
 */
export function eachToken(text: string, lines: boolean, take: (word: string | null) => void): void {
  const folded = text.normalize("NFC").toLowerCase().replace(/’/g, "'");
  for (const [piece] of folded.matchAll(lines ? PIECE_OF_LINE : PIECE)) {
    if (!IS_WORD.test(piece)) take(null);
    else {
      const word = piece.replace(/'s$/, "").replace(/_+/g, " ").trim(); // a vocabulary looks up "dog" when asked for "dog's"
      if (word !== "") take(word);
    }
  }
}
