import { accuracy } from "./accuracy";
import { crops } from "./crops";
import { duplicates } from "./duplicates";
import { everyday } from "./everyday";
import { fewShot } from "./few-shot";
import type { Outcome } from "./figures";
import { formats } from "./formats";
import { grid } from "./grid";
import { hand } from "./hand";
import { labeller } from "./labeller";
import { live } from "./live";
import { loupe } from "./loupe";
import { map } from "./map";
import { mislabels } from "./mislabels";
import { pipeline } from "./pipeline";
import { query } from "./query";
import { retrain } from "./retrain";
import { review } from "./review";
import { reviewQueueTime } from "./review-time";
import { search } from "./search";
import { sentences } from "./sentences";
import { watch } from "./watch";
import { type Objective, words } from "./words";
import { zeroShot } from "./zero-shot";

/** Command-line options; each benchmark uses only some. */
export interface BenchmarkOptions {
  pack?: string;
  labels?: string;
  photos: string;
  synsets: string;
  captioned: string;
  edge: string;
  features?: string;
  corpus: string;
  python: string;
  seeds: number;
  epochs: number;
  threads: number;
  objective?: Objective;
  million?: boolean;
}

export interface Benchmark {
  /** One line: what is measured. */
  measures: string;
  /** What it needs; other data it generates. */
  needs: string;
  /** Options that affect its figures. */
  reads: (keyof BenchmarkOptions)[];
  run(options: BenchmarkOptions): Promise<Outcome>;
}

/** Caltech-101 features from the bundled pack's network. */
const CALTECH = "../shared/features/caltech-101";
const TINY_PACK_FEATURES = "../shared/seed-pack";
const NO_DATA = "no data";
const BROWSER = "a Chromium that Playwright can start";

export const BENCHMARKS: Record<string, Benchmark> = {
  accuracy: {
    measures: "accuracy of labels on photos of single objects, on everyday photos and on unseen classes",
    needs: "photos with known labels (--photos, --synsets) and photos with captions (--captioned)",
    reads: ["pack", "labels", "photos", "synsets", "captioned"],
    run: accuracyOnAllPhotos,
  },
  pipeline: {
    measures: "photos per second from folder to stored labels, compared with decoding and inference alone",
    needs: NO_DATA,
    reads: ["pack"],
    run: ({ pack }) => pipeline({ pack, photos: 96, rounds: 3 }),
  },
  sentences: {
    measures: "search by sentences with a text pack, and the weight of the words beside it",
    needs: NO_DATA,
    reads: [],
    run: () => sentences(),
  },
  search: {
    measures: "time of a semantic search",
    needs: NO_DATA,
    reads: ["million"],
    run: ({ million }) => search({ photos: million ? 1_000_000 : 100_000, words: 300 }),
  },
  query: {
    measures: "time of a query by label, date and folder",
    needs: NO_DATA,
    reads: ["million"],
    run: ({ million }) => query({ photos: million ? 1_000_000 : 100_000, rounds: 200 }),
  },
  retrain: {
    measures: "time to learn from corrections and relabel every photo",
    needs: NO_DATA,
    reads: ["pack"],
    run: async ({ pack }) => {
      const few = await retrain({ pack, photos: 600, corrections: 80, rounds: 3, atMost: 4 });
      const many = await retrain({ pack, photos: 10_000, corrections: 200, rounds: 3, atMost: 10 });
      return { figures: [...few.figures, ...many.figures] };
    },
  },
  live: {
    measures: "time from 20 corrections in the window to new labels on screen",
    needs: BROWSER,
    reads: [],
    run: () => live({ photos: 10_000, rounds: 3 }),
  },
  hand: {
    measures: "labels per second that a person can give with the keyboard, and whether any is lost",
    needs: BROWSER,
    reads: [],
    run: () => hand({ photos: 1000, annotated: 100, bulk: 100_000 }),
  },
  loupe: {
    measures: "time to the next photo in Loupe view, over 300 photos of 24 megapixels with a held key",
    needs: BROWSER,
    reads: [],
    run: () => loupe({ photos: 300 }),
  },
  grid: {
    measures: "CPU time per frame while the grid of 100,000 photos scrolls",
    needs: BROWSER,
    reads: [],
    run: () => grid({ photos: 100_000 }),
  },
  map: {
    measures: "time to lay out the map of 100,000 photos, and CPU time per frame while it moves",
    needs: `${BROWSER} (for the frames)`,
    reads: [],
    run: () => map({ sizes: [1_000, 10_000, 100_000], shown: 100_000 }),
  },
  watch: {
    measures: "delay until a new file in the folder appears in the library",
    needs: NO_DATA,
    reads: [],
    run: () => watch({ rounds: 10, many: 10_000 }),
  },
  duplicates: {
    measures: "precision and recall of near-duplicates, and the time to find them among 100,000 photos",
    needs: "about 400 photos of any kind (--photos)",
    reads: ["pack", "photos"],
    run: ({ pack, photos }) => duplicates({ pack, photos, library: 100_000 }),
  },
  "few-shot": {
    measures: "few-shot accuracy from 1 to 20 examples, compared with simple classifiers",
    needs: "image features with class labels (--features)",
    reads: ["pack", "features"],
    run: async ({ pack, features }) => fewShot({ pack, features: features ?? CALTECH }),
  },
  crops: {
    measures: "how well what is in boxes is compared: crops, proposals for labels of one's own, teaching by crops",
    needs: "photos with boxes (--captioned)",
    reads: ["pack", "captioned"],
    run: ({ pack, captioned }) => crops({ pack, photos: captioned }),
  },
  mislabels: {
    measures: "detection of label errors when 10% of labels are swapped",
    needs: "image features with class labels (--features)",
    reads: ["pack", "features"],
    run: ({ pack, features }) => mislabels({ pack, features: features ?? CALTECH }),
  },
  review: {
    measures: "labels saved by the review queue, compared with random order",
    needs: `image features with class labels (--features, here ${TINY_PACK_FEATURES})`,
    reads: ["pack", "features"],
    run: ({ pack, features }) => review({ pack, features: features ?? TINY_PACK_FEATURES }),
  },
  "review-time": {
    measures: "time to order the review queue and to list label errors",
    needs: NO_DATA,
    reads: ["pack"],
    run: ({ pack }) => reviewQueueTime({ pack, photos: 10_000, verdicts: 200, rounds: 5 }),
  },
  formats: {
    measures: "difference of each awkward file from a reference rendering",
    needs: "awkward files (--edge), ImageMagick and libheif's heif-convert",
    reads: ["edge"],
    run: ({ edge }) => formats(edge),
  },
  labeller: {
    measures: "agreement of the exported labeller with the app, its size and its speed",
    needs: "photos of any kind (--photos)",
    reads: ["pack", "labels", "photos"],
    run: ({ pack, labels, photos }) => labeller({ pack, labelSet: labels, photos }),
  },
  words: {
    measures: "speed and quality of word-vector training, compared with gensim if installed",
    needs: "a text (--corpus) from scripts/corpus/make-corpus.mjs; gensim optional (--python)",
    reads: ["corpus", "python", "seeds", "epochs", "threads", "objective"],
    run: ({ objective, ...rest }) => words({ ...rest, objectives: objective && [objective] }),
  },
};

async function accuracyOnAllPhotos({ photos, synsets, captioned, pack, labels }: BenchmarkOptions): Promise<Outcome> {
  const parts = [
    await accuracy({ photos, synsets, pack, labelSet: labels }),
    await everyday(captioned, pack),
    await zeroShot({ photos, synsets, pack }),
  ];
  return {
    figures: parts.flatMap((part) => part.figures),
    notes: parts.flatMap((part) => part.notes ?? []),
    skipped: parts.flatMap((part) => part.skipped ?? []).join("; ") || undefined,
  };
}
