/** Fits and evaluates the confidence of search results, on photos with captions. */
import type { Logistic } from "../../src-main/devise/calibration";
import type { Confidence } from "../../src-main/devise/ranking-numbers";
import type { ConceptBank } from "../../src-main/labeller/concept-bank";
import type { LabelRanker } from "../../src-main/labeller/label-ranker";
import type { Lexicon } from "../../src-main/labeller/lexicon";
import { createSemanticIndex } from "../../src-main/labeller/semantic-index";
import { dot } from "../../src-main/math/vectors";
import { foldPhrase, singulars } from "../../src-main/words/phrases";
import { fit, type Row, type Source } from "./fit-confidence";

/** Minimum and maximum number of photos with a word. */
const FREQUENT = [4, 50];
const IDLE = new Set(
  (
    "a an the of on in with and is are at to it its his her that this for by from up down out over " +
    "under near next two three four one some there has have while as be being off " +
    "into their who other very all top small large big little young old white black red blue green " +
    "brown yellow gray grey orange pink purple several many lot bunch group set view side front back " +
    "close shot photo picture image kind piece area different another each scene background corner " +
    "middle base type line like day open using setting pair end way foreground"
  ).split(" "),
);

/** Caption words that name something, with the photos whose captions have them. */
export function wordsOf(captions: string[][], lexicon: Lexicon): Map<string, Set<number>> {
  const words = new Map<string, Set<number>>();
  captions.forEach((of, photo) => {
    for (const written of new Set(of.flatMap((caption) => foldPhrase(caption).split(/[^\p{L}]+/u)))) {
      const word = singulars(written).find((one) => lexicon.labels.resolve(one).length > 0) ?? written;
      if (
        word === "" ||
        IDLE.has(word) ||
        lexicon.labels.resolve(word).length === 0 ||
        !lexicon.vocabulary.vector(word)
      )
        continue;
      words.set(word, (words.get(word) ?? new Set()).add(photo));
    }
  });
  return new Map([...words].filter(([, photos]) => photos.size >= FREQUENT[0] && photos.size <= FREQUENT[1]));
}

/** @returns `[n]` pairs of z-score and similarity to the concepts */
export function fitSearch(
  { photos, embeddings }: Source,
  lexicon: Lexicon,
  ranker: LabelRanker,
  bank: ConceptBank,
  keep: (photo: number) => boolean,
): Logistic {
  const E = ranker.E;
  const W = bank.labels.length;
  const rows: Row[] = [];
  for (const [word, on] of wordsOf(photos.captions, lexicon)) {
    const target = ranker.target(lexicon.vocabulary.vector(word)!, lexicon.labels.resolve(word));
    for (let photo = 0; photo < photos.captions.length; photo++) {
      if (!keep(photo)) continue;
      const score =
        target.deviation === 0 ? 0 : (dot(target.vector, 0, embeddings, photo * E, E) - target.mean) / target.deviation;
      let similar = 0;
      for (let w = 0; w < W; w++)
        similar += target.conceptSimilarity[w] * Math.max(0, photos.output.concepts!.right[photo * W + w]);
      rows.push({ x: [score, similar], right: on.has(photo), weight: 1 });
    }
  }
  return fit(rows);
}

/** Prints how many of the first photos have the word in a caption. */
export async function searchReport(
  { photos, embeddings }: Source,
  lexicon: Lexicon,
  ranker: LabelRanker,
  bank: ConceptBank,
  confidence: Confidence,
): Promise<void> {
  const n = photos.captions.length;
  const store = createSemanticIndex(ranker.E, photos.output.classes.length, bank.labels.length);
  store.put(
    Array.from({ length: n }, (_, i) => i),
    photos.output,
    embeddings,
  );
  const found: { word: string; on: number; right: number; precision: number }[] = [];
  for (const [word, on] of wordsOf(photos.captions, lexicon)) {
    const first = Math.min(10, on.size);
    const hits = store.nearest(
      [ranker.target(lexicon.vocabulary.vector(word)!, lexicon.labels.resolve(word))],
      confidence,
      first,
    );
    const right = hits.filter(({ photo }) => on.has(photo)).length;
    found.push({ word, on: on.size, right, precision: right / first });
  }
  console.log(
    `search: ${found.length} words, precision of the first min(10, photos): ` +
      `${(found.reduce((sum, { precision }) => sum + precision, 0) / found.length).toFixed(3)}`,
  );
  console.log(
    found
      .sort((a, b) => b.on - a.on)
      .map(({ word, on, right }) => `${word} ${right}/${Math.min(10, on)} of ${on}`)
      .join(", "),
  );
}
