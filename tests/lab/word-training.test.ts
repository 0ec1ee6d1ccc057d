import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_TRAINING } from "../../src-main/lab/training-defaults";
import type { Corpus } from "../../src-main/lab/words/corpus";
import { keepFrequent } from "../../src-main/lab/words/frequent-words";
import { huffmanTree } from "../../src-main/lab/words/huffman";
import { nearestRows, toUnitRows } from "../../src-main/lab/words/nearest-words";
import { aliasTable, drawFrom, noiseWeights } from "../../src-main/lab/words/noise";
import { createPairCounts } from "../../src-main/lab/words/pair-counts";
import { joinPhrases, phraseScore } from "../../src-main/lab/words/phrase-detection";
import { randomIntegers, uniform } from "../../src-main/lab/words/random-integers";
import { keepProbabilities } from "../../src-main/lab/words/subsampling";
import { eachToken, SENTENCE_END } from "../../src-main/lab/words/tokens";
import { trainShare } from "../../src-main/lab/words/train-share";
import { prepareTraining, sharesOf, trainedVectors, type TrainSettings } from "../../src-main/lab/words/training";
import { spearman } from "../../tools/benchmark/word-similarity";

/** A corpus of sentences, with words separated by spaces. */
function corpusOf(sentences: string[]): Corpus {
  const words = [...new Set(sentences.flatMap((sentence) => sentence.split(" ")))];
  const tokens = sentences.flatMap((sentence) => [
    ...sentence.split(" ").map((word) => words.indexOf(word)),
    SENTENCE_END,
  ]);
  return { words, tokens: Int32Array.from(tokens) };
}

const textOf = ({ words, tokens }: { words: string[]; tokens: Int32Array }) =>
  Array.from(tokens, (token) => (token === SENTENCE_END ? "|" : words[token].replace(/ /g, "_"))).join(" ");

const tokensOf = (text: string, lines = false) => {
  const found: (string | null)[] = [];
  eachToken(text, lines, (word) => found.push(word));
  return found.map((word) => word ?? "|").join(" ");
};

describe("tokenising text", () => {
  test("folds case, keeps inner hyphens and apostrophes, and drops punctuation and the possessive", () => {
    expect(tokensOf("The dog’s T-shirt (isn't) “Crème” 3-D!")).toBe("the dog t-shirt isn't crème 3-d |");
  });

  test("ends sentences at a full stop or an empty line, not at a line break or a decimal point", () => {
    expect(tokensOf("It costs 3.14 or so.\nA line\nbroken here\n\nEnd (it said.) x")).toBe(
      "it costs 3 14 or so | a line broken here | end it said | x",
    );
  });

  test("with one sentence per line, ignores full stops and joins phrases at underscores", () => {
    expect(tokensOf("a golden_retriever. b\nc", true)).toBe("a golden retriever b | c");
  });
});

describe("counting", () => {
  test("numbers words by falling count and drops rare ones, across which windows reach", () => {
    const counted = keepFrequent(corpusOf(["b a rare b", "a b", "once"]), 2);
    expect(counted.words).toEqual(["b", "a"]);
    expect([...counted.counts]).toEqual([3, 2]);
    expect(textOf(counted)).toBe("b a b | a b |");
    expect(counted.size).toBe(5);
  });

  test("refuses fewer than two frequent words, with the numbers", () => {
    expect(() => keepFrequent(corpusOf(["a b c", "a"]), 5)).toThrow(
      expect.objectContaining({
        code: "bad-corpus",
        message: "Of 3 distinct words 0 occur at least 5 times (the most frequent 2 times); at least two are needed.",
      }),
    );
    expect(() => keepFrequent(corpusOf(["a a a a a a"]), 5)).toThrow("Of 1 distinct word 1 occur at least 5 times");
  });

  test("counts pairs like a Map, far beyond the initial size", () => {
    const pairs = createPairCounts();
    const slow = new Map<string, number>();
    const random = randomIntegers(1);
    for (let i = 0; i < 200_000; i++) {
      const [a, b] = [random() % 500, random() % 400];
      pairs.add(a, b);
      slow.set(`${a} ${b}`, (slow.get(`${a} ${b}`) ?? 0) + 1);
    }
    expect(pairs.size()).toBe(slow.size);
    const wrong = [...slow].filter(
      ([pair, count]) => pairs.get(...(pair.split(" ").map(Number) as [number, number])) !== count,
    );
    expect(wrong).toEqual([]);
    expect(pairs.get(501, 1)).toBe(0);
  });
});

describe("phrases", () => {
  const retrievers = Array.from(
    { length: 40 },
    (_, i) =>
      `the ${["golden retriever", "golden retriever dog", "new york city hall"][i % 3]} is ${["old", "big", "red", "far"][i % 4]}`,
  );
  const filler = Array.from(
    { length: 4000 },
    (_, i) =>
      `the ${["cat", "tree", "sea", "road", "sky"][i % 5]} is ${["old", "big", "red", "far"][i % 4]} ${["and", "or", "but"][i % 3]} the`,
  );
  const joined = (passes: number) =>
    joinPhrases(corpusOf([...retrievers, ...filler]), { passes, discount: 5, threshold: 100 });

  test("joins words that occur together far more often than by chance", () => {
    const { words } = joined(1);
    expect(words.filter((word) => word.includes(" ")).sort()).toEqual(["city hall", "golden retriever", "new york"]);
    expect(textOf(joined(1)).split(" | ")[0]).toBe("the golden_retriever is old");
  });

  test("grows phrases with every pass", () => {
    const { words } = joined(2);
    expect(words).toContain("new york city hall");
    expect(words).not.toContain("the cat");
  });

  test("never joins words across sentences", () => {
    const { words } = joinPhrases(
      corpusOf([...Array.from({ length: 50 }, (_, i) => ["x golden", "retriever y"][i % 2]), ...filler]),
      { passes: 1, discount: 5, threshold: 10 },
    );
    expect(words).not.toContain("golden retriever");
  });

  test("scores phrases as in the paper, times the size of the corpus", () => {
    expect(phraseScore(30, 40, 35, 100_000, 5)).toBeCloseTo((25 / (40 * 35)) * 100_000, 9);
    expect(phraseScore(5, 5, 5, 1e9, 5)).toBe(0);
  });
});

test("subsamples frequent words like word2vec, and keeps rare ones", () => {
  const counts = Float64Array.of(90_000, 9_900, 100);
  const keep = keepProbabilities(counts, 1e-2);
  const f = [0.9, 0.099];
  f.forEach((share, i) => expect(keep[i]).toBeCloseTo((Math.sqrt(share / 1e-2) + 1) * (1e-2 / share), 9));
  expect(keep[2]).toBe(1);
  expect([...keepProbabilities(counts, 0)]).toEqual([1, 1, 1]);
});

test("draws negatives in proportion to count^0.75 (χ² below its 99.9% point)", () => {
  const counts = Float64Array.from({ length: 50 }, (_, i) => Math.ceil(10_000 / (i + 1)));
  const table = aliasTable(noiseWeights(counts));
  const random = randomIntegers(9);
  const n = 500_000;
  const drawn = new Float64Array(50);
  for (let i = 0; i < n; i++) drawn[drawFrom(table, uniform(random), uniform(random))]++;
  const total = counts.reduce((sum, count) => sum + count ** 0.75, 0);
  const chiSquare = drawn.reduce((sum, seen, i) => {
    const expected = (n * counts[i] ** 0.75) / total;
    return sum + (seen - expected) ** 2 / expected;
  }, 0);
  expect(chiSquare).toBeLessThan(85.4); // 49 degrees of freedom
  expect(chiSquare).toBeGreaterThan(23.9); // as likely to be below: the numbers must be random, not rounded shares
});

describe("Huffman's tree", () => {
  const falling = fc
    .array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 9 })
    .map((counts) => Float64Array.from(counts.sort((a, b) => b - a)));
  const codes = (tree: ReturnType<typeof huffmanTree>) =>
    Array.from({ length: tree.start.length - 1 }, (_, w) =>
      tree.bits.subarray(tree.start[w], tree.start[w + 1]).join(""),
    );
  /** Minimum sum of merged weights over every order of merging. */
  const least = (weights: number[]): number => {
    if (weights.length === 1) return 0;
    let best = Infinity;
    for (let i = 0; i < weights.length; i++) {
      for (let j = i + 1; j < weights.length; j++) {
        const rest = weights.filter((_, k) => k !== i && k !== j);
        best = Math.min(best, weights[i] + weights[j] + least([...rest, weights[i] + weights[j]]));
      }
    }
    return best;
  };

  test("has prefix-free codes", () => {
    fc.assert(
      fc.property(falling, (counts) => {
        const all = codes(huffmanTree(counts));
        return all.every((code, i) => all.every((other, j) => i === j || !other.startsWith(code)));
      }),
    );
  });

  test("has the lowest count-weighted code length of all trees", () => {
    fc.assert(
      fc.property(
        falling.filter((counts) => counts.length <= 6),
        (counts) => {
          const length = codes(huffmanTree(counts)).reduce((sum, code, w) => sum + code.length * counts[w], 0);
          expect(length).toBe(least([...counts]));
        },
      ),
      { numRuns: 60 },
    );
  });

  test("has paths from the root that share nodes as long as they share branches", () => {
    fc.assert(
      fc.property(falling, (counts) => {
        const tree = huffmanTree(counts);
        const nodeAfter = new Map<string, number>();
        codes(tree).forEach((code, w) => {
          for (let n = 0; n < code.length; n++) {
            const node = tree.nodes[tree.start[w] + n];
            const way = code.slice(0, n);
            expect(nodeAfter.get(way) ?? node).toBe(node);
            nodeAfter.set(way, node);
          }
        });
        expect(nodeAfter.get("")).toBe(counts.length - 2);
        expect(new Set(nodeAfter.values()).size).toBe(counts.length - 1);
        expect(tree.depth).toBe(Math.max(...codes(tree).map((code) => code.length)));
      }),
    );
  });

  test("refuses a single word, and rising counts", () => {
    expect(() => huffmanTree(Float64Array.of(3))).toThrow("a tree needs at least 2 words, not 1");
    expect(() => huffmanTree(Float64Array.of(3, 4))).toThrow("count 1 is 4, above the 3 before it");
  });
});

describe("training", () => {
  const random = randomIntegers(7);
  const topics = ["dog cat horse cow sheep goat".split(" "), "bolt screw nail hammer drill saw".split(" ")];
  const twoTopics = keepFrequent(
    corpusOf(
      Array.from({ length: 1500 }, (_, i) => Array.from({ length: 8 }, () => topics[i % 2][random() % 6]).join(" ")),
    ),
    5,
  );
  const small: TrainSettings = { ...DEFAULT_TRAINING, dimensions: 20, epochs: 5, subsample: 0, rate: 0.05 };

  function train(settings: TrainSettings): Float32Array {
    const training = prepareTraining(twoTopics, settings);
    sharesOf(training).forEach(([from, to], thread) => trainShare(training, thread, from, to));
    expect(Number(training.done[0])).toBe(twoTopics.size * settings.epochs);
    return trainedVectors(training);
  }

  test.each([
    ["negative sampling", 5],
    ["hierarchical softmax", 0],
  ])("with %s separates two topics", (_, negative) => {
    const rows = toUnitRows(train({ ...small, negative }), 20);
    for (const word of twoTopics.words) {
      const i = twoTopics.words.indexOf(word);
      const own = topics.find((topic) => topic.includes(word))!;
      const nearest = nearestRows(rows, rows.subarray(i * 20, (i + 1) * 20), 5, new Set([i])).map(
        ({ row }) => twoTopics.words[row],
      );
      expect(nearest.sort(), word).toEqual(own.filter((other) => other !== word).sort());
    }
  });

  test("with one thread is reproducible bit for bit from the seed", () => {
    const settings = { ...small, epochs: 1, subsample: 1e-2 };
    expect(train(settings)).toEqual(train(settings));
    expect(train(settings)).not.toEqual(train({ ...settings, seed: 2 }));
  });

  test("gives every token to one thread, splitting between sentences", () => {
    for (const threads of [1, 2, 3, 7]) {
      const training = prepareTraining(twoTopics, { ...small, threads });
      const shares = sharesOf(training);
      expect(shares.map(([from]) => from)).toEqual([0, ...shares.slice(0, -1).map(([, to]) => to)]);
      expect(shares.at(-1)![1]).toBe(twoTopics.tokens.length);
      for (const [from] of shares.slice(1)) expect(twoTopics.tokens[from - 1]).toBe(SENTENCE_END);
    }
  });

  test("refuses settings out of range and vectors that exceed memory, with the numbers", () => {
    expect(() => prepareTraining(twoTopics, { ...small, dimensions: 0 })).toThrow(
      expect.objectContaining({
        code: "bad-setting",
        message: "dimensions is 0; it must be a whole number from 1 to 4096.",
      }),
    );
    expect(() => prepareTraining(twoTopics, { ...small, rate: NaN })).toThrow("rate is NaN");
    const many = { ...twoTopics, counts: new Float64Array(1_000_000).fill(1) };
    expect(() => prepareTraining(many, { ...small, dimensions: 4096 })).toThrow(
      "1000000 words of 4096 dimensions take",
    );
  });

  test("refuses to return diverged vectors", () => {
    const training = prepareTraining(twoTopics, small);
    new Float32Array(training.memory.buffer)[training.layout.input / 4 + 1] = NaN;
    expect(() => trainedVectors(training)).toThrow(
      expect.objectContaining({ code: "diverged", message: expect.stringContaining("Vector 0") }),
    );
  });
});

test("rank correlation matches hand-computed cases, including ties", () => {
  expect(spearman([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
  expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
});
