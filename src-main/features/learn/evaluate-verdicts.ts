import type {
  Estimate,
  LabelId,
  VerdictEvaluation,
  VerdictEvaluationState,
  VerdictLabelScore,
} from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { Refusal } from "../../../src-shared/refusal";
import type { JobHandle } from "../../base/jobs";
import { pairedBootstrap } from "../../evaluation/paired-bootstrap";
import {
  calibrationMeasure,
  firstLabelsRight,
  firstMeasure,
  type Measure,
  precisionMeasure,
} from "../../evaluation/verdict-measures";
import { type JudgedPhoto, type RankedLabels, truthOf } from "../../evaluation/verdict-truth";
import { readMeta, type Store, writeMeta } from "../../store/database";
import { photosWithFeatures } from "../../store/features";
import { thresholdsOf } from "../../store/previous-predictions";
import { settingsOf } from "../../store/settings";
import { lastVerdictEvent } from "../../store/verdicts";
import { type OpenLibrary, requirePack } from "../../workspace/open-library";
import { heldOutLabels } from "./held-out-labels";
import { evenSample, foldsOf, judgedPhotos, unitsOf } from "./judged-photos";

const FOLDS = 5;
/** With fewer photos with an accepted label, the figures would say little. */
const MIN_PHOTOS = 20;
/** Photos with verdicts measured at most. */
const MAX_PHOTOS = 2000;
/** Labels with fewer verdicts are not listed. */
const MIN_VERDICTS = 3;
/** Key in the `meta` table. */
const EVALUATION_KEY = "evaluation on verdicts";

/** What the figures depend on: verdicts, thresholds and labels. */
interface Stored {
  evaluation: VerdictEvaluation;
  state: string;
}

/**
 * Measures the library's labels on its own verdicts, five-fold: each photo is labelled by a projection and few-shot
 * labels that learned from the verdicts on other photos only; near-duplicates count as one photo. Changes no label. The
 * result is kept as the library's last evaluation.
 * @throws Refusal `few-verdicts`, `pack-gone`
 */
export async function evaluateVerdicts(library: OpenLibrary, job: JobHandle): Promise<VerdictEvaluation> {
  requirePack(library);
  const { store, lexicon, pack } = library;
  const state = stateOf(library);
  const all = judgedPhotos(store);
  const analysed = new Set(photosWithFeatures(store, pack.visualId));
  const photos = evenSample(
    all.filter(({ photo }) => analysed.has(photo)),
    MAX_PHOTOS,
  );
  refuseFew(store, countAccepted(photos));
  job.phase("finding near-duplicates");
  const ids = photos.map(({ photo }) => photo);
  const units = await unitsOf(library, ids, job);
  const labels = new Set(photos.flatMap(({ accepted, rejected }) => [...accepted, ...rejected]));
  job.phase("labelling photos without their own verdicts");
  const ranked = await heldOutLabels(library, photos, { fold: foldsOf(units, FOLDS), folds: FOLDS }, labels, {
    signal: job.signal,
    onFold: (fold) => job.progress(Math.round((fold * photos.length) / FOLDS), photos.length),
  });
  await job.yield();
  job.phase("measuring");
  const { wordnet } = lexicon;
  const measures = {
    first: firstMeasure(firstLabelsRight(photos, ranked, wordnet)),
    precision: precisionMeasure(photos, ranked, wordnet),
    calibration: calibrationMeasure(photos, ranked, wordnet),
  };
  const against = <Name extends string>(of: Record<Name, Measure>) =>
    Object.fromEntries(Object.entries<Measure>(of).map(([name, a]) => [name, { a, b: NOTHING }])) as Record<
      Name,
      { a: Measure; b: Measure }
    >;
  const estimated = await pairedBootstrap(against(measures), units, { signal: job.signal });
  const estimate = (name: keyof typeof measures): (Estimate & { n: number }) | null => {
    const found = estimated[name];
    return found && { ...found.a, n: found.n };
  };
  const evaluation: VerdictEvaluation = {
    at: new Date().toISOString(),
    pack: pack.title,
    photos: photos.length,
    verdicts: photos.reduce((sum, { accepted, rejected }) => sum + accepted.length + rejected.length, 0),
    leftOut: all.length - photos.length,
    first: estimate("first"),
    precision: estimate("precision"),
    calibration: estimate("calibration"),
    labels: labelScores(library, photos, ranked),
  };
  const stored: Stored = { evaluation, state };
  writeMeta(store, EVALUATION_KEY, JSON.stringify(stored));
  return evaluation;
}

/** The paired bootstrap compares two packs; here there is only one. */
const NOTHING: Measure = { n: 0, value: () => 0 };

/** The last evaluation, whether it is up to date, and how many more photos with an accepted label one takes. */
export function verdictEvaluation(library: OpenLibrary): VerdictEvaluationState {
  const kept = readMeta(library.store, EVALUATION_KEY);
  const stored = kept ? (JSON.parse(kept) as Stored) : null;
  const analysed = new Set(photosWithFeatures(library.store, library.pack.visualId));
  const judged = countAccepted(judgedPhotos(library.store).filter(({ photo }) => analysed.has(photo)));
  return {
    evaluation: stored?.evaluation ?? null,
    isCurrent: stored?.state === stateOf(library),
    judged,
    needed: Math.max(0, MIN_PHOTOS - judged),
  };
}

function stateOf({ store, pack, labelSet, ranker }: OpenLibrary): string {
  const { threshold, labelThresholds } = settingsOf(store);
  const labels = [labelSet.name, labelSet.size, ranker.labels.length];
  return JSON.stringify([lastVerdictEvent(store), pack.visualId, labels, threshold, labelThresholds]);
}

const countAccepted = (photos: readonly JudgedPhoto[]) => photos.filter(({ accepted }) => accepted.length > 0).length;

function refuseFew(store: Store, judged: number): void {
  if (judged < MIN_PHOTOS)
    throw new Refusal(
      "few-verdicts",
      `${store.folder} has ${formatCount(judged, "photo")} with an accepted label. Evaluating takes at least ${MIN_PHOTOS}. ` +
        "Accept or add labels first.",
    );
}

/** For each label with three verdicts or more: right and wrong predictions, and photos that it is missing on. */
function labelScores(
  { store, lexicon }: OpenLibrary,
  photos: readonly JudgedPhoto[],
  ranked: readonly RankedLabels[],
): VerdictLabelScore[] {
  const counts = new Map<LabelId, number>();
  for (const { accepted, rejected } of photos)
    for (const label of [...accepted, ...rejected]) counts.set(label, (counts.get(label) ?? 0) + 1);
  const bar = thresholdsOf(store);
  const shown = ranked.map(
    (labels) => new Set(labels.filter(({ label, confidence }) => confidence >= bar(label)).map(({ label }) => label)),
  );
  return [...counts]
    .filter(([, n]) => n >= MIN_VERDICTS)
    .map(([label]) => {
      const score = { label, ...lexicon.named(label), right: 0, wrong: 0, missed: 0 };
      photos.forEach((photo, i) => {
        const truth = truthOf(photo, label, lexicon.wordnet);
        if (truth === null) return;
        if (shown[i]!.has(label)) score[truth ? "right" : "wrong"]++;
        else if (truth) score.missed++;
      });
      return score;
    })
    .sort((a, b) => b.wrong + b.missed - a.wrong - a.missed || b.right - a.right || (a.name < b.name ? -1 : 1));
}
