import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import type { JobHandle } from "../../src-main/base/jobs";
import { applyCorrections } from "../../src-main/exchange/apply-corrections";
import { collectKeywords } from "../../src-main/exchange/collect-keywords";
import { readCorrections } from "../../src-main/exchange/csv-corrections";
import { applyImport } from "../../src-main/exchange/import-labels";
import { suggestLabels } from "../../src-main/features/browse/suggest-labels";
import { changeLabel, mergeLabels } from "../../src-main/features/labels/manage-labels";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { closeStore, openStore } from "../../src-main/store/database";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { labelCards } from "../../src-main/store/label-cards";
import { copyLibrary, openCopy } from "../../src-main/store/library-copy";
import { undo } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { personalLexicon } from "../../src-main/workspace/personal-lexicon";
import { ARGUMENTS } from "../../src-shared/arguments";
import type { ImportSource, LabelId } from "../../src-shared/contract";
import { isLabelName, nameOfOwnLabel, type OwnLabelId, quotedName } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import { emptyLibrary, temporaryFolder } from "../fixtures/photo-folder";

/** A way for a label's name to come in, tried with one name in a new library with the photo a.jpg. */
interface Door {
  name: string;
  /** Whether it turns white space of any kind into single spaces, rather than refusing line breaks. */
  cleans?: true;
  /** Names that it can't express. */
  lacks?: RegExp;
  /** Where its refusal says the name is. */
  where?: RegExp;
  /** The names that came through, and the reasons why others did not. */
  bring(library: OpenLibrary, name: string): Promise<Brought> | Brought;
}
interface Brought {
  names: string[];
  refused: string[];
}

const GOOD = [
  "Zwergi 7",
  "Šárka 🐕 東京",
  "👨‍👩‍👧‍👦 at home",
  "שלום עולם 7",
  "مرحبا بالعالم",
  "q\u0307x\u0304\u0301", // marks that don't compose
  "नमस्ते दुनिया",
  "a, b; c & <b>\"d\"</b> 'e' =1+1 %s $(x) C:\\d",
  "n".repeat(64),
  "🐕".repeat(200),
];
const BAD = [
  "red \u001b[31mdog",
  "nul\u0000dog",
  "next\u0085line",
  "two\nlines",
  "two\rlines",
  "tab\tdog",
  "two\u2028lines",
  "x".repeat(201),
  "y".repeat(300),
];

const job: JobHandle = {
  job: 1,
  signal: new AbortController().signal,
  isPaused: false,
  progress: () => undefined,
  phase: () => undefined,
  yield: async () => undefined,
};

function libraryWith(path: string): OpenLibrary {
  const store = emptyLibrary();
  const content = { hash: Buffer.alloc(32, 1), size: 1, mtimeMs: 0 };
  putFile(store, path, addPhoto(store, content), content);
  const caches = createLibraryCaches();
  return {
    store,
    caches,
    lexicon: personalLexicon(readLexicon(), store, caches),
    ranker: { labels: [] as LabelId[] },
  } as unknown as OpenLibrary;
}

const namesIn = ({ store }: OpenLibrary): string[] =>
  currentAnnotations(store).map(({ label }) => nameOfOwnLabel(label as OwnLabelId));
const refusalOf = (error: unknown): string[] => {
  if (!(error instanceof Refusal)) throw error;
  return [error.message];
};
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** A call of the window; `take` carries it out if its arguments are valid. */
const call =
  (
    name: keyof typeof ARGUMENTS,
    argument: (name: string) => unknown,
    take: (library: OpenLibrary, made: never) => void,
  ) =>
  (library: OpenLibrary, label: string): Brought => {
    const parsed = ARGUMENTS[name].safeParse([argument(label)]);
    if (!parsed.success) return { names: [], refused: parsed.error.issues.map(({ message }) => message) };
    take(library, (parsed.data as never[])[0]!);
    return { names: namesIn(library), refused: [] };
  };

const importing =
  (source: (file: string) => ImportSource, file: string, content: (name: string) => string) =>
  async (library: OpenLibrary, name: string): Promise<Brought> => {
    const path = join(library.store.folder, file);
    writeFileSync(path, content(name));
    const collected = await collectKeywords(library.store, source(path), job);
    applyImport(library, collected, []);
    return {
      names: namesIn(library),
      refused: collected.unusableItems.map(({ where, reason }) => `${where}: ${reason}`),
    };
  };
const from = (kind: "csv" | "jsonl" | "coco") => (file: string) => ({ from: kind, file });
const results = (file: string): ImportSource => ({ from: "labeller", file, threshold: 0, trust: true });
const listed =
  (file: string, content: (name: string) => string) =>
  ({ lexicon }: OpenLibrary, name: string): Brought => {
    const path = join(temporaryFolder(), file);
    writeFileSync(path, content(name));
    try {
      return { names: lexicon.labelSet(path, []).own, refused: [] };
    } catch (error) {
      return { names: [], refused: refusalOf(error) };
    }
  };
const annotated = { photos: [1], verdict: "accept" as const };

const DOORS: Door[] = [
  {
    name: "the window: accepting a label",
    bring: call(
      "annotate",
      (name) => ({ ...annotated, label: `own:${name}` }),
      ({ store }, made: { label: LabelId }) => void annotate(store, { ...annotated, ...made, name: "" }),
    ),
  },
  {
    name: "the window: renaming a label",
    bring(library, name) {
      annotate(library.store, { ...annotated, label: "own:Bello", name: "Bello" });
      const done = call(
        "changeLabel",
        (to) => ({ label: "own:Bello", change: { name: to } }),
        (opened, { label, change }: { label: LabelId; change: { name: string } }) => changeLabel(opened, label, change),
      )(library, name);
      return {
        ...done,
        names: [labelCards(library.store).get("own:Bello")?.name].filter((each) => each !== undefined),
      };
    },
  },
  {
    name: "the window: a synonym",
    bring(library, name) {
      const done = call(
        "changeLabel",
        (synonym) => ({ label: "own:Bello", change: { synonyms: [synonym] } }),
        (opened, { label, change }: { label: LabelId; change: { synonyms: string[] } }) =>
          changeLabel(opened, label, change),
      )(library, name);
      return { ...done, names: labelCards(library.store).get("own:Bello")?.synonyms ?? [] };
    },
  },
  {
    name: "the window: merging into a label",
    bring(library, name) {
      annotate(library.store, { ...annotated, label: "own:Bello", name: "Bello" });
      const done = call(
        "mergeLabels",
        (into) => ({ from: ["own:Bello"], into: `own:${into}` }),
        (opened, made: { from: LabelId[]; into: LabelId }) => void mergeLabels(opened, made.from, made.into),
      )(library, name);
      return { ...done, names: done.names.filter((each) => each !== "Bello") };
    },
  },
  {
    name: "the store, whoever calls it",
    bring(library, name) {
      try {
        annotate(library.store, { ...annotated, label: `own:${name}`, name });
        return { names: namesIn(library), refused: [] };
      } catch (error) {
        return { names: namesIn(library), refused: refusalOf(error) };
      }
    },
  },
  {
    name: "a class of a model pack",
    bring({ lexicon }, name) {
      try {
        return { names: [nameOfOwnLabel(lexicon.classLabel({ name }) as OwnLabelId)], refused: [] };
      } catch (error) {
        return { names: [], refused: refusalOf(error) };
      }
    },
  },
  {
    name: "semblance correct",
    where: /^line 2: /,
    async bring(library, name) {
      const file = join(temporaryFolder(), "corrections.csv");
      writeFileSync(file, `path,label,verdict\na.jpg,${quoted(name)},accept\n`);
      const { refused } = await applyCorrections(library, await readCorrections(file), file, async () => undefined);
      return { names: namesIn(library), refused: refused.map(({ line, reason }) => `line ${line}: ${reason}`) };
    },
  },
  {
    name: "an import of CSV",
    cleans: true,
    where: /^line 2: /,
    bring: importing(from("csv"), "x.csv", (name) => `path,label\na.jpg,${quoted(name)}\n`),
  },
  {
    name: "an import of wide CSV",
    cleans: true,
    where: /^line \d: /,
    bring: importing(from("csv"), "x.csv", (name) => `path,${quoted(name)}\na.jpg,1\n`),
  },
  {
    name: "an import of JSON Lines, by name",
    cleans: true,
    where: /^line 1: /,
    bring: importing(from("jsonl"), "x.jsonl", (name) => JSON.stringify({ path: "a.jpg", labels: [{ name }] })),
  },
  {
    name: "an import of JSON Lines, by id",
    cleans: true,
    where: /^line 1: /,
    bring: importing(from("jsonl"), "x.jsonl", (name) =>
      JSON.stringify({ path: "a.jpg", labels: [{ id: `own:${name}`, name: "other" }] }),
    ),
  },
  {
    name: "an import of COCO",
    cleans: true,
    where: /^category 1: /,
    bring: importing(from("coco"), "x.json", (name) =>
      JSON.stringify({
        images: [{ id: 1, file_name: "a.jpg" }],
        categories: [{ id: 1, name }],
        annotations: [{ image_id: 1, category_id: 1 }],
      }),
    ),
  },
  {
    name: "an import of an XMP sidecar",
    cleans: true,
    lacks: /(?![\t\n\r])\p{Cc}/u, // XML has no such characters, or reads them as line breaks
    where: /^a\.jpg\.xmp: /,
    bring: importing(
      () => ({ from: "xmp" }),
      "a.jpg.xmp",
      (name) =>
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag><rdf:li>${name.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>`,
    ),
  },
  {
    name: "an import of folder names",
    cleans: true,
    lacks: /\//,
    async bring(_, name) {
      const library = libraryWith(`${name}/b.jpg`);
      const source: ImportSource = { from: "folders", level: "nearest", without: [] };
      const collected = await collectKeywords(library.store, source, job);
      applyImport(library, collected, []);
      return { names: namesIn(library), refused: collected.unusableItems.map(({ reason }) => reason) };
    },
  },
  {
    name: "an import of predictions, JSON Lines",
    where: /^line 1: /,
    bring: importing(results, "x.jsonl", (name) =>
      JSON.stringify({ path: "a.jpg", labeller: "f", labels: [{ id: `own:${name}`, score: 1 }] }),
    ),
  },
  {
    name: "an import of predictions, CSV",
    where: /^line 2: /,
    bring: importing(results, "x.csv", (name) => `path,label,score,labeller\na.jpg,${quoted(`own:${name}`)},1,f\n`),
  },
  {
    name: "a list of labels",
    cleans: true,
    lacks: /[\r\n]/, // a name per line
    where: /^Line 1 /,
    bring: listed("list.txt", (name) => `${name}\n`),
  },
  {
    name: "a table of labels",
    cleans: true,
    where: /^Line 2 /,
    bring: listed("list.csv", (name) => `label\n${quoted(name)}\n`),
  },
  {
    name: "a copy of a library",
    bring(library, name) {
      annotate(library.store, { ...annotated, label: "own:Bello", name: "Bello" });
      const file = join(temporaryFolder(), "gift.semblance");
      copyLibrary(library.store, file, false);
      const gift = new Database(file);
      gift.prepare("UPDATE label SET key = ?").run(`own:${name}`);
      gift.close();
      const place = { home: temporaryFolder(), folder: temporaryFolder() };
      try {
        openCopy({ ...place, file, replace: false });
      } catch (error) {
        return { names: [], refused: refusalOf(error) };
      }
      const store = openStore(place);
      const names = namesIn({ store } as OpenLibrary);
      closeStore(store);
      return { names, refused: [] };
    },
  },
];

// guarantee: label-names
describe.each(DOORS)("$name", ({ bring, cleans, lacks, where }) => {
  const expressible = (name: string) => !lacks?.test(name);
  /** Tries each name in the same library, which is as new each time. */
  async function tryEach(names: string[], check: (name: string, brought: Brought) => void): Promise<void> {
    const library = libraryWith("a.jpg");
    for (const name of names.filter(expressible)) {
      check(name, await bring(library, name));
      while (undo(library.store) !== null);
    }
  }

  test("takes good names as they are", () =>
    tryEach(GOOD, (name, brought) => expect(brought).toEqual({ names: [name], refused: [] })));

  test("takes no bad name, and quotes it escaped", () =>
    tryEach(BAD, (name, { names, refused }) => {
      const cleaned = cleans ? name.replace(/\s+/g, " ") : name;
      if (isLabelName(cleaned)) {
        expect({ names, refused }).toEqual({ names: [cleaned], refused: [] });
        return;
      }
      expect({ name, names }).toEqual({ name, names: [] });
      expect(refused).not.toEqual([]);
      for (const sentence of refused) {
        expect(sentence).toContain(quotedName(cleaned).slice(1, 20));
        expect(sentence).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        if (where) expect(sentence).toMatch(where);
      }
    }));
});

// guarantee: label-names
test("the window suggests no new label that can't be one", () => {
  const library = libraryWith("a.jpg");
  for (const name of BAD) {
    const own = suggestLabels(library, name, 10).filter((suggestion) => suggestion.own);
    expect(own.filter(({ label }) => !isLabelName(nameOfOwnLabel(label as OwnLabelId)))).toEqual([]);
  }
});
