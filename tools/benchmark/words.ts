/**
 * Speed and quality of word vectors trained by Semblance and by gensim on the same words with the same settings. Speed
 * is in words per CPU second, summed over threads, so that other load does not count.
 */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { programFolder } from "../../src-main/base/program-folder";
import { resource } from "../../src-main/base/resources";
import { DEFAULT_TRAINING } from "../../src-main/lab/training-defaults";
import { readCorpus } from "../../src-main/lab/words/corpus";
import { type CountedCorpus, keepFrequent } from "../../src-main/lab/words/frequent-words";
import { importVectors } from "../../src-main/lab/words/import-vectors";
import { nearestRows, toUnitRows } from "../../src-main/lab/words/nearest-words";
import { SENTENCE_END } from "../../src-main/lab/words/tokens";
import { trainWordVectors } from "../../src-main/lab/words/train-word-vectors";
import type { TrainSettings } from "../../src-main/lab/words/training";
import { readWordNet } from "../../src-main/words/wordnet";
import type { Figure, Outcome } from "./figures";
import { inTemporaryFolder } from "./temporary";
import { type NounPair, nounPairs, spearman } from "./word-similarity";

/** Negative samples per true word; 0 selects hierarchical softmax. */
const OBJECTIVES = { "negative sampling": 5, "hierarchical softmax": 0 };
export type Objective = keyof typeof OBJECTIVES;

export interface WordsOptions {
  corpus: string;
  python: string;
  seeds: number;
  epochs: number;
  threads: number;
  objectives?: Objective[];
}

const MIN_COUNT = 5;
/** Occurrences from which a noun counts as common. */
const COMMON = 100;
const PAIRS = 20_000;
const ASKED = ["dog", "horse", "oak", "river", "bread", "piano", "ship", "red", "king", "file", "kernel", "window"];

interface Trained {
  words: string[];
  vectors: Float32Array;
  wordsPerSecond: number;
}

/**
 * @param corpus a text from scripts/corpus
 * @param python an interpreter with gensim
 */
export async function words({
  corpus: path,
  python,
  seeds,
  epochs,
  threads,
  objectives = ["negative sampling", "hierarchical softmax"],
}: WordsOptions): Promise<Outcome> {
  if (!existsSync(path))
    return { figures: [], skipped: `no corpus ${path}; make one with scripts/corpus/make-corpus.mjs` };
  const gensim = gensimVersion(python);
  if (gensim === null) console.error(`${python} has no gensim: measuring without it`);
  const corpus = keepFrequent(readCorpus([path]), MIN_COUNT);
  const pairs = commonPairs(corpus);
  const figures: Figure[] = [
    figure("corpus size", corpus.size, "words"),
    figure("vocabulary size", corpus.words.length, "words"),
  ];
  const notes: string[] = [];
  await inTemporaryFolder(async (folder) => {
    const sentences = join(folder, "sentences.txt");
    if (gensim !== null) writeSentences(corpus, sentences);
    for (const name of objectives) {
      const [ours, theirs]: [Trained[], Trained[]] = [[], []];
      for (let seed = 1; seed <= seeds; seed++) {
        // alternately, so that both run under the same load
        const settings = { ...DEFAULT_TRAINING, negative: OBJECTIVES[name], epochs, threads, seed };
        const before = process.cpuUsage();
        const { vectors } = await trainWordVectors(corpus, settings);
        const { user, system } = process.cpuUsage(before);
        const wordsPerSecond = (corpus.size * epochs) / ((user + system) / 1e6);
        ours.push({ words: corpus.words, vectors: toUnitRows(vectors, settings.dimensions), wordsPerSecond });
        if (gensim !== null) theirs.push(trainWithGensim(python, sentences, join(folder, "gensim.bin"), settings));
        const measured = [ours, theirs]
          .flatMap((all) => all.slice(-1))
          .map(
            (trained) =>
              `${Math.round(trained.wordsPerSecond)} words per CPU second, correlation ${quality(trained, pairs).toFixed(4)}`,
          );
        console.error(`${name}, seed ${seed}: ${measured.join("; gensim: ")}`);
      }
      figures.push(...compared(`${name}, ${threads} ${threads === 1 ? "thread" : "threads"}`, pairs, ours, theirs));
      notes.push(
        ...neighbours(`Semblance, ${name}`, ours[0]),
        ...(gensim === null ? [] : neighbours(`gensim, ${name}`, theirs[0])),
      );
    }
  });
  return {
    figures,
    notes: [
      `gensim: ${gensim ?? "not installed"}; ${epochs} epochs, ${threads} threads, ${seeds} seeds, ${PAIRS} pairs of nouns`,
      ...notes,
    ],
  };
}

const figure = (what: string, value: number, unit: string, target?: Figure["target"]): Figure => ({
  benchmark: "words",
  what,
  value,
  unit,
  target,
});

function compared(name: string, pairs: NounPair[], ours: Trained[], theirs: Trained[]): Figure[] {
  const speed = (all: Trained[]) => mean(all.map(({ wordsPerSecond }) => wordsPerSecond));
  const [mine, other] = [ours, theirs].map((all) => all.map((trained) => quality(trained, pairs)));
  const figures = [figure(`${name}: Semblance`, speed(ours), "words/CPU s"), ...spread(`${name}: Semblance`, mine)];
  if (theirs.length === 0) return figures;
  return [
    ...figures,
    figure(`${name}: gensim`, speed(theirs), "words/CPU s"),
    ...spread(`${name}: gensim`, other),
    figure(`${name}: Semblance's speed ÷ gensim's`, speed(ours) / speed(theirs), "×", { atLeast: 0.5 }),
    figure(`${name}: Semblance's correlation − gensim's`, mean(mine) - mean(other), "rank correlation"),
  ];
}

const spread = (name: string, values: number[]): Figure[] => [
  figure(
    `${name}, cosine similarity against WordNet path similarity, mean of ${values.length} seeds`,
    mean(values),
    "rank correlation",
  ),
  figure(`${name}, the same, highest − lowest seed`, Math.max(...values) - Math.min(...values), "rank correlation"),
];

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Pairs of nouns that are common in the corpus; the same in every run. */
function commonPairs({ words: known, counts }: CountedCorpus): NounPair[] {
  const wordnet = readWordNet(resource("words", "wordnet.bin"));
  const nouns = known.filter(
    (word, i) =>
      counts[i] >= COMMON && word.length > 2 && wordnet.senses(word).some((id) => wordnet.lemmas(id).includes(word)),
  );
  return nounPairs(wordnet, nouns, PAIRS);
}

function quality({ words: known, vectors }: Trained, pairs: NounPair[]): number {
  const index = new Map(known.map((word, i) => [word, i]));
  const E = vectors.length / known.length;
  const cosines = pairs.map(({ a, b }) => {
    const [x, y] = [index.get(a)! * E, index.get(b)! * E];
    let cosine = 0;
    for (let e = 0; e < E; e++) cosine += vectors[x + e] * vectors[y + e];
    return cosine;
  });
  return spearman(
    cosines,
    pairs.map(({ similarity }) => similarity),
  );
}

function neighbours(name: string, { words: known, vectors }: Trained): string[] {
  const E = vectors.length / known.length;
  return [
    name,
    ...ASKED.map((word) => {
      const i = known.indexOf(word);
      if (i < 0) return `  ${word}: not in the corpus`;
      const nearest = nearestRows(vectors, vectors.subarray(i * E, (i + 1) * E), 6, new Set([i]));
      return `  ${word}: ${nearest.map(({ row }) => known[row]).join(", ")}`;
    }),
  ];
}

const SCRIPT = () => join(programFolder(), "scripts", "corpus", "gensim-words.py");
/** Limits its linear algebra to one thread too. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };

function gensimVersion(python: string): string | null {
  try {
    return execFileSync(python, [SCRIPT()], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null; // no Python, or no gensim; the caller reports it
  }
}

function trainWithGensim(python: string, sentences: string, out: string, settings: TrainSettings): Trained {
  const said = execFileSync(python, [SCRIPT(), sentences, out, JSON.stringify(settings)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...ONE_THREAD },
  });
  const { wordsPerSecond } = JSON.parse(said) as { wordsPerSecond: number };
  const { words: known, vectors, dimensions } = importVectors(out);
  return { words: known, vectors: toUnitRows(vectors, dimensions), wordsPerSecond };
}

/** One sentence per line, split where both programs split them anyway. */
function writeSentences({ words: known, tokens }: CountedCorpus, path: string): void {
  const file = openSync(path, "w");
  let line: string[] = [];
  const lines: string[] = [];
  const flush = () => {
    if (line.length > 0) lines.push(line.join(" "));
    line = [];
  };
  for (const token of tokens) {
    if (token === SENTENCE_END || line.length === 1000) flush();
    if (token !== SENTENCE_END) line.push(known[token]);
    if (lines.length >= 10_000) writeSync(file, `${lines.splice(0).join("\n")}\n`);
  }
  flush();
  if (lines.length > 0) writeSync(file, `${lines.join("\n")}\n`);
  closeSync(file);
}
