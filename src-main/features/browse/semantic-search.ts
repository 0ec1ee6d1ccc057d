import type { BrowseResult, LabelId, PhotoId } from "../../../src-shared/contract";
import { isOwnLabel } from "../../../src-shared/label-id";
import { predictedScores } from "../../store/predictions";
import { currentAnnotations } from "../../store/verdicts";
import type { OpenLibrary } from "../../workspace/open-library";
import { exampleEvidence } from "./example-evidence";
import { parseSearchTerms, type SearchTerm } from "./search-terms";
import { embeddedSentence, hasVerdicts, splitSentence, WITNESS_WEIGHT } from "./sentence-query";

/** At least this many photos, those closest to the word, are compared with its training examples. */
const MIN_COMPARED_PHOTOS = 1000;
/** SQLite's value for no limit. */
const NO_LIMIT = -1;

/**
 * Finds photos by free text. Understands every word of the vocabulary and every label of the user's own, including
 * words that no model was trained on. A photo must match all words. Photos on which the user accepted the label come
 * first; those on which they rejected it are left out.
 *
 * A text tower reads the query as one sentence, whatever its words are. Labels that the user defined by examples are
 * taken out of it and searched beside it. Embed the query first, by `embedQuery`.
 * @param among searches only these; without it, all photos
 */
export function semanticSearch(
  library: OpenLibrary,
  words: string,
  limit: number,
  among?: ReadonlySet<PhotoId>,
): { photos: PhotoId[]; scores: number[]; unknown: BrowseResult["unknown"]; terms: SearchTerm[] } {
  const { terms, unknown } = parseSearchTerms(library, words);
  const isAllKnown = !library.tower || unknown.length === 0; // otherwise the sentence says more than its terms
  const { accepted, rejected } = verdictsOn(library, terms);
  if (!isAllKnown) accepted.clear();
  const meanings = isAllKnown && terms.length === 1 ? terms[0]!.meanings : null;
  const hasExamples = meanings !== null && hasVerdicts(library, meanings);
  const enough = (hasExamples ? Math.max(limit, MIN_COMPARED_PHOTOS) : limit) + accepted.size + rejected.size;
  const { beside, sentence } = library.tower ? splitSentence(library, words, terms) : { beside: terms, sentence: null };
  const nearest = library.semanticIndex.nearest(
    beside.map(({ target }) => target),
    library.ranker.confidence,
    enough,
    among,
    sentence && {
      embedding: embeddedSentence(library, sentence.text),
      words: sentence.terms.map(({ target }) => target),
      weight: WITNESS_WEIGHT,
    },
  );
  const others = nearest.filter(({ photo }) => !accepted.has(photo) && !rejected.has(photo));
  // A photo predicted to have the label scores at least as high as that prediction.
  const labelled =
    meanings !== null
      ? predictedScores(library.store, meanings, among ? NO_LIMIT : enough)
      : new Map<PhotoId, number>();
  for (const hit of others) {
    hit.score = Math.max(hit.score, labelled.get(hit.photo) ?? 0);
    labelled.delete(hit.photo);
  }
  const isAmong = (photo: PhotoId) => among?.has(photo) ?? true;
  for (const [photo, score] of labelled)
    if (!accepted.has(photo) && !rejected.has(photo) && isAmong(photo)) others.push({ photo, score });
  if (hasExamples) compareWithExamples(library, meanings, others);
  const settled = [...accepted].filter(isAmong).map((photo) => ({ photo, score: 1 }));
  const hits = [...settled, ...others.sort((a, b) => b.score - a.score)].slice(0, limit);
  return {
    photos: hits.map(({ photo }) => photo),
    scores: hits.map(({ score }) => score),
    unknown: sentence ? [] : unknown, // a tower reads any word
    terms,
  };
}

/**
 * Moves photos similar to accepted ones up and photos similar to rejected ones down. A label of the user's own is
 * defined by its photos, so its word vector counts only if no photo has the label.
 */
function compareWithExamples(
  library: OpenLibrary,
  meanings: LabelId[],
  hits: { photo: PhotoId; score: number }[],
): void {
  const evidence = exampleEvidence(
    library,
    meanings,
    hits.map(({ photo }) => photo),
  );
  const isOwn = meanings.every(isOwnLabel);
  for (const hit of hits) {
    const by = evidence.get(hit.photo);
    if (!by) continue;
    const { confidence, rejection } = by;
    hit.score = (isOwn && confidence !== null ? confidence : Math.max(hit.score, confidence ?? 0)) * (1 - rejection);
  }
}

/** Photos that verdicts decide: every term accepted, or any term rejected. */
function verdictsOn(
  { store, lexicon }: OpenLibrary,
  terms: SearchTerm[],
): { accepted: Set<PhotoId>; rejected: Set<PhotoId> } {
  const verdicts = terms.length > 0 ? currentAnnotations(store) : [];
  const rejected = new Set<PhotoId>();
  let accepted: Set<PhotoId> | null = null;
  for (const { meanings } of terms) {
    const yes = new Set<PhotoId>();
    for (const { photo, label, verdict } of verdicts) {
      if (verdict === "accept" && meanings.some((meaning) => label === meaning || lexicon.wordnet.isA(label, meaning)))
        yes.add(photo);
      if (verdict === "reject" && meanings.includes(label)) rejected.add(photo);
    }
    for (const photo of yes) rejected.delete(photo);
    accepted = accepted === null ? yes : accepted.intersection(yes);
  }
  return { accepted: accepted ?? new Set(), rejected };
}
