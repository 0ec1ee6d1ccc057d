import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { editDistance } from "../../src-main/words/spelling";
import { readVocabulary } from "../../src-main/words/vocabulary";
import { writeVocabulary } from "../../src-main/words/vocabulary-format";

const folder = mkdtempSync(join(tmpdir(), "vocabulary-"));
const compiled = readVocabulary("resources/words/vocabulary.bin");

function written(words: string[], vectors: number[], dimensions: number) {
  const path = join(folder, `${Math.random()}.bin`);
  writeFileSync(path, writeVocabulary(words, new Float32Array(vectors), dimensions));
  return path;
}

function cosine(a: string, b: string): number {
  const [x, y] = [compiled.vector(a)!, compiled.vector(b)!];
  return x.reduce((sum, value, d) => sum + value * y[d], 0);
}

describe("the vocabulary file", () => {
  test("gives back every word in order, and every vector at unit length within the error of eight bits", () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 20, maxLength: 20 }), {
            minLength: 1,
            maxLength: 8,
          })
          .filter((rows) => rows.every((row) => Math.max(...row.map(Math.abs)) > 1e-3)),
        (rows) => {
          const words = rows.map((_, i) => `word${"abcdefgh"[i]}`);
          const vocabulary = readVocabulary(written(words, rows.flat(), 20));
          expect(vocabulary.size).toBe(words.length);
          rows.forEach((row, i) => {
            const length = Math.hypot(...row);
            const longest = Math.max(...row.map(Math.abs)) / length;
            const vector = vocabulary.vector(words[i])!;
            expect(vocabulary.word(i)).toBe(words[i]);
            expect(vocabulary.rank(words[i])).toBe(i);
            expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
            // Half a step per component, and as much again for scaling the row to unit length.
            const step = (longest / 127) * (0.5 + 0.5 * Math.sqrt(20));
            row.forEach((x, d) => expect(Math.abs(vector[d] - x / length)).toBeLessThanOrEqual(step + 1e-6));
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  test("gives the same vectors as one matrix", () => {
    const vocabulary = readVocabulary(written(["a", "b"], [3, 4, -5, 12], 2));
    expect([...vocabulary.vectors()]).toEqual([...vocabulary.vector("a")!, ...vocabulary.vector("b")!]);
  });

  test("has another id if a vector differs", () => {
    const id = (x: number) => readVocabulary(written(["a", "b"], [1, 0, x, 1], 2)).id;
    expect(id(0)).toBe(id(0));
    expect(id(0)).not.toBe(id(0.5));
  });

  test("refuses to be written with shapes that don't match, or a vector of length 0", () => {
    expect(() => writeVocabulary(["a"], new Float32Array(3), 2)).toThrow("3 numbers do not make 1 vectors of 2");
    expect(() => writeVocabulary(["a", "b"], new Float32Array([1, 0, 0, 0]), 2)).toThrow("vector 1 has length 0");
  });

  const spoilt: [string, (file: Buffer) => Buffer, string][] = [
    ["empty", () => Buffer.alloc(0), "0 bytes are too few for a header of 24"],
    ["of another kind", (file) => Buffer.concat([Buffer.from("GIF8"), file.subarray(4)]), 'begins with "GIF8"'],
    [
      "of another version",
      (file) => (file.writeUInt32LE(7, 4), file),
      "it has version 7, but this program reads version 1",
    ],
    ["truncated", (file) => file.subarray(0, file.length - 3), "has 36 bytes, but 2 words of 2 dimensions take 39"],
    ["altered in one bit", (file) => ((file[file.length - 1] ^= 1), file), "checksum"],
    [
      "declared to have four billion words",
      (file) => (file.writeUInt32LE(0xffff_ffff, 12), file),
      "4294967295 words of 2 dimensions take 25769803797",
    ],
    ["without dimensions", (file) => (file.writeUInt32LE(0, 8), file), "0 dimensions; 1 to 4096 are supported"],
    [
      "containing a zero vector, with a valid checksum",
      (file) => signed(file.fill(0, 37)),
      'the vector of word 1, "b", has length 0',
    ],
    ["containing a word twice", (file) => signed((file.write("a", 26), file)), 'the word "a" occurs twice'],
    ["containing an empty word", (file) => signed((file.write("\n", 24), file)), "it contains 3 words, not 2"],
    ["not valid UTF-8", (file) => signed((file.writeUInt8(0xff, 24), file)), "its words are not valid UTF-8"],
    [
      "pointing outside its words",
      (file) => signed((file.writeUInt32LE(9, 27), file)),
      "index 0 points to word 9 of 2",
    ],
    [
      "not in order",
      (file) => signed((file.writeUInt32LE(1, 27), file.writeUInt32LE(0, 31), file)),
      'index 1, "a", is out of order',
    ],
  ];
  const signed = (file: Buffer) => (file.writeUInt32LE(crc32(file.subarray(24)), 20), file);
  // guarantee: hostile-words
  test.each(spoilt)("is refused when %s", (_, spoil, message) => {
    const path = written(["a", "b"], [1, 0, 0, 1], 2);
    writeFileSync(path, spoil(readFileSync(path)));
    expect(() => readVocabulary(path)).toThrow(
      expect.objectContaining({ code: "bad-vocabulary", message: expect.stringContaining(message) }),
    );
  });
});

// guarantee: hostile-words
test("random bytes are refused as a vocabulary, or every word has a vector of length 1", () => {
  const path = join(folder, "strange.bin");
  const good = Buffer.from(writeVocabulary(["a", "bc", "d"], new Float32Array([1, 0, 0, 1, 1, 1]), 2));
  const change = fc.tuple(fc.integer({ min: 4, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(good.length), fc.boolean(), (changes, length, sign) => {
      const file = Buffer.from(length % 3 === 0 ? good.subarray(0, length) : good);
      for (const [at, byte] of changes) if (at < file.length) file[at] = byte;
      if (sign && file.length >= 24) file.writeUInt32LE(crc32(file.subarray(24)), 20);
      writeFileSync(path, file);
      try {
        const vocabulary = readVocabulary(path);
        for (let i = 0; i < vocabulary.size; i++) {
          const row = vocabulary.vectors().subarray(i * vocabulary.dimensions, (i + 1) * vocabulary.dimensions);
          expect(Math.hypot(...row)).toBeCloseTo(1, 4);
          expect(vocabulary.rank(vocabulary.word(i))).toBe(i);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: "bad-vocabulary", message: expect.stringContaining(path) as string });
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});

describe("the bundled vocabulary", () => {
  test("has at most 16 MB and 100 dimensions", () => {
    expect(readFileSync("resources/words/vocabulary.bin").length).toBeLessThanOrEqual(16_000_000);
    expect(compiled.dimensions).toBe(100);
    expect(compiled.rank("the")).toBe(0);
    expect(compiled.rank("dog")!).toBeLessThan(compiled.rank("puppy")!);
  });

  test("has similar vectors for similar meanings", () => {
    expect(cosine("cat", "dog")).toBeGreaterThan(cosine("cat", "carburetor") + 0.5);
    expect(cosine("golden retriever", "puppy")).toBeGreaterThan(cosine("golden retriever", "gold"));
    expect(cosine("school bus", "bus")).toBeGreaterThan(cosine("school bus", "school"));
    expect(cosine("bird of prey", "bird")).toBeGreaterThan(cosine("bird of prey", "prey"));
  });

  test("folds case, underscores and accents", () => {
    expect(compiled.vector("  Golden_Retriever ")).toEqual(compiled.vector("golden retriever"));
    expect(compiled.vector("crème")).toEqual(compiled.vector("creme"));
  });

  test("folds plurals without a vector of their own, regular or not, and keeps the others", () => {
    const few = readVocabulary(
      written(
        ["okapi", "berry", "gnome", "gnomes", "box", "goose", "glass"],
        [1, 0, 0, 1, 1, 1, 1, -1, 2, 1, 1, 2, -1, 2],
        2,
      ),
    );
    const same = (plural: string, singular: string) => expect(few.vector(plural), plural).toEqual(few.vector(singular));
    same("Okapis", "okapi");
    same("berries", "berry");
    same("boxes", "box");
    same("geese", "goose");
    same("okapi's", "okapi");
    expect(few.vector("gnomes")).not.toEqual(few.vector("gnome"));
    expect(few.vector("glas")).toBe(null);
    expect(few.unknownWords("pixies and okapis")).toEqual(["pixies", "and"]);
  });

  test("treats known hyphenated words as one, and splits others", () => {
    expect(cosine("T shirt", "t-shirt")).toBeCloseTo(1, 5);
    expect(compiled.has("goldfish-coloured")).toBe(true);
  });

  test("names the unknown words of a phrase and composes the rest", () => {
    expect(compiled.unknownWords("Flurble dog flurble")).toEqual(["flurble"]);
    expect(compiled.has("flurble dog")).toBe(false);
    expect(cosine("flurble dog", "dog")).toBeCloseTo(1, 5);
    expect(compiled.vector("flurble")).toBe(null);
    expect(compiled.vector("")).toBe(null);
    expect(compiled.has(" ")).toBe(false);
    expect(compiled.vector("?!")).toBe(null);
  });

  test.each([
    ["goldfsih", "goldfish"],
    ["retreiver", "retriever"],
    ["umbrela", "umbrella"],
    ["strawbery", "strawberry"],
    ["sunst", "sunset"],
    ["elephan", "elephant"],
  ])("suggests, for %s, the word %s", (typed, meant) => {
    const suggestions = compiled.suggestions(typed, 5);
    expect(suggestions).toContain(meant);
    expect(suggestions.length).toBeLessThanOrEqual(5);
    expect(suggestions.every((word) => compiled.rank(word) !== null)).toBe(true);
  });

  test("suggests nothing for what resembles no word", () => {
    expect(compiled.suggestions("qqqqzzzzxxxx", 5)).toEqual([]);
  });
});

test("edit distances match the definition of optimal string alignment", () => {
  const slow = (a: string, b: string): number => {
    if (a === "" || b === "") return a.length + b.length;
    const cut = Math.min(
      slow(a.slice(1), b) + 1,
      slow(a, b.slice(1)) + 1,
      slow(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
    );
    return a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0]
      ? Math.min(cut, slow(a.slice(2), b.slice(2)) + 1)
      : cut;
  };
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const exact = slow(a, b);
      for (const limit of [1, 2, 9]) {
        if (exact <= limit) expect(editDistance(a, b, limit)).toBe(exact);
        else expect(editDistance(a, b, limit)).toBeGreaterThan(limit);
      }
    }),
    { numRuns: 300 },
  );
});

test("a missing vocabulary is refused with its path", () => {
  expect(() => readVocabulary("/nowhere/words.bin")).toThrow(
    expect.objectContaining({ code: "bad-vocabulary", message: "There is no vocabulary /nowhere/words.bin." }) as Error,
  );
});
