import type { LabelId } from "../../../src-shared/contract";
import { isOwnLabel } from "../../../src-shared/label-id";
import { QueryFault } from "../../../src-shared/query/syntax";
import { annotatedLabels } from "../../store/verdicts";
import { cacheSlot } from "../../workspace/library-caches";
import type { OpenLibrary } from "../../workspace/open-library";
import { parseSearchTerms, type SearchTerm, tokensOf } from "./search-terms";
import { translateQuery } from "./translate-query";

/** A query as a text tower reads it. */
export interface SplitQuery {
  /** The user's own labels that have verdicts: their photos define them, not their names. */
  beside: SearchTerm[];
  /** The rest of the query, and those of its words that the vocabulary has; null if nothing is left. */
  sentence: { text: string; terms: SearchTerm[] } | null;
}

/**
 * Weight of the words' mean log-odds beside the tower's. Fitted with tools/benchmark/sentences.ts; see docs/method.md.
 */
export const WITNESS_WEIGHT = 0.2;

/** Takes labels of the user's own out of a query. @param terms of the same words */
export function splitSentence(library: OpenLibrary, words: string, terms: SearchTerm[]): SplitQuery {
  const isDefined = ({ meanings: [first] }: SearchTerm) =>
    first !== undefined && isOwnLabel(first) && hasVerdicts(library, [first]);
  const beside = terms.filter(isDefined);
  const taken = beside.map((term) => tokensOf(term.words));
  const tokens: string[] = [];
  const all = tokensOf(words);
  for (let at = 0; at < all.length;) {
    const name = taken[0];
    if (name?.every((word, i) => all[at + i] === word)) {
      at += name.length;
      taken.shift();
    } else tokens.push(all[at++]!);
  }
  const text = tokens.join(" ");
  return { beside, sentence: text === "" ? null : { text, terms: terms.filter((term) => !isDefined(term)) } };
}

/** Whether the user accepted or rejected one of these labels, or a more general one. */
export function hasVerdicts({ store, lexicon: { wordnet } }: OpenLibrary, meanings: readonly LabelId[]): boolean {
  return [...annotatedLabels(store)].some((label) =>
    meanings.some((meaning) => meaning === label || wordnet.isA(meaning, label)),
  );
}

const sentences = cacheSlot<Map<string, Float32Array>>("embedded sentences");
/** Sentences kept, the latest: typing a query embeds a few. */
const MAX_SENTENCES = 200;

/**
 * Embeds what a text tower must read for a query, so that `semanticSearch` can run at once. Does nothing without a text
 * tower. @throws Refusal `bad-pack`
 */
export async function embedQuery(library: OpenLibrary, query: string): Promise<void> {
  if (library.tower) await embedWords(library, wordsIn(library, query));
}

/** The same for words that are searched as they are, each text by itself. */
export async function embedWords(library: OpenLibrary, texts: readonly string[]): Promise<void> {
  const { tower } = library;
  if (!tower) return;
  const known = library.caches.reuse(sentences, [tower], () => new Map<string, Float32Array>());
  const wanted = new Set(
    texts.flatMap((words) => {
      const { sentence } = splitSentence(library, words, parseSearchTerms(library, words).terms);
      return sentence ? [sentence.text] : [];
    }),
  );
  const waiting = [...wanted].filter((text) => !known.has(text));
  const embedded = await tower.embed(waiting);
  const D = embedded.length / waiting.length;
  waiting.forEach((text, i) => known.set(text, embedded.subarray(i * D, (i + 1) * D)));
  for (const text of known.keys()) if (known.size > MAX_SENTENCES && !wanted.has(text)) known.delete(text);
}

/** `[D]` @throws Error if the query was not embedded */
export function embeddedSentence({ caches }: OpenLibrary, text: string): Float32Array {
  const embedding = caches.get(sentences)?.get(text);
  if (!embedding) throw new Error(`“${text}” was not embedded before it was searched`);
  return embedding;
}

/** The words of a query that are searched together: those that rank all photos, and each inside OR or NOT. */
function wordsIn(library: OpenLibrary, query: string): string[] {
  const inside: string[] = [];
  try {
    const { words } = translateQuery(library, query, (term) => {
      inside.push(term);
      return { is: "all", parts: [] };
    });
    return [...inside, words];
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return []; // the search reports it
  }
}
