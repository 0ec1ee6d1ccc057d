import { setImmediate } from "node:timers/promises";
import type { LabelId, MethodScores } from "../../src-shared/contract";
import type { WordNet } from "../words/wordnet";
import { type Hierarchy, hierarchyOf } from "./hierarchy";
import type { Candidates, Method } from "./methods";
import {
  bootstrapIntervals,
  flatHit,
  hierarchicalPrecision,
  HIT_KS,
  MAX_K,
  PRECISION_KS,
  topK,
  validSet,
} from "./metrics";
import { type Setting, type SettingName, SETTINGS } from "./settings";

export type ScoresBySetting = Record<SettingName, MethodScores | null>;

export interface ScoreParts {
  settings: Record<SettingName, Setting>;
  /** `[n]` */
  truths: readonly LabelId[];
  /** Builds candidates from labels. */
  candidatesOf(labels: readonly LabelId[]): Candidates;
  wordnet: Pick<WordNet, "ancestors">;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Photos to score between yields. */
const PHOTOS_PER_YIELD = 50;

/** Scores every method in every setting; null for settings without photos. */
export async function scoreMethods<Name extends string>(
  methods: Record<Name, Method>,
  parts: ScoreParts,
): Promise<Record<Name, ScoresBySetting>> {
  const names = Object.keys(methods) as Name[];
  const scored = Object.fromEntries(names.map((name) => [name, {}])) as Record<Name, ScoresBySetting>;
  const total = names.length * SETTINGS.reduce((sum, setting) => sum + parts.settings[setting].photos.length, 0);
  let done = 0;
  for (const name of SETTINGS) {
    const setting = parts.settings[name];
    const metricsFor = setting.photos.length === 0 ? null : metricsOf(setting, parts);
    const candidates = parts.candidatesOf(setting.labels);
    for (const method of names) {
      if (!metricsFor) {
        scored[method][name] = null;
        continue;
      }
      const score = await methods[method](candidates);
      const columns = metricsFor.columns();
      for (let i = 0; i < setting.photos.length; i++) {
        metricsFor.metricsFor(columns, i, topK(score(setting.photos[i]), MAX_K));
        if (i % PHOTOS_PER_YIELD !== 0) continue;
        await setImmediate();
        parts.signal?.throwIfAborted();
        parts.onProgress?.(done + i, total);
      }
      done += setting.photos.length;
      scored[method][name] = summary(columns);
    }
  }
  parts.onProgress?.(total, total);
  return scored;
}

/** Metrics by name, `[n]` each: a value per photo, 0..1. */
type Columns = Record<string, Float32Array>;

function metricsOf({ photos, labels }: Setting, { truths, wordnet }: ScoreParts) {
  const rows = new Map(labels.map((label, row) => [label, row]));
  const hierarchy = hierarchyOf(labels, wordnet);
  const valid = new Map<LabelId, Map<number, Set<number>>>();
  const validFor = (label: LabelId) => {
    let sets = valid.get(label);
    if (!sets) valid.set(label, (sets = validSets(hierarchy, label)));
    return sets;
  };
  return {
    columns: (): Columns =>
      Object.fromEntries(
        [...HIT_KS.map((k) => `hit@${k}`), ...PRECISION_KS.map((k) => `precision@${k}`)].map((name) => [
          name,
          new Float32Array(photos.length),
        ]),
      ),
    metricsFor(columns: Columns, i: number, ranked: Int32Array): void {
      const truth = truths[photos[i]];
      const sets = validFor(truth);
      for (const k of HIT_KS) columns[`hit@${k}`][i] = flatHit(ranked, rows.get(truth)!, k);
      for (const k of PRECISION_KS) columns[`precision@${k}`][i] = hierarchicalPrecision(ranked, sets.get(k)!, k);
    },
  };
}

function validSets(hierarchy: Hierarchy, label: LabelId): Map<number, Set<number>> {
  const distances = hierarchy.distances(label);
  return new Map(PRECISION_KS.map((k) => [k, validSet(distances, k)]));
}

function summary(columns: Columns): MethodScores {
  const names = Object.keys(columns);
  const intervals = bootstrapIntervals(Object.values(columns));
  const mean = (name: string) => percent(columns[name].reduce((sum, value) => sum + value, 0) / columns[name].length);
  const means = (metric: string, depths: readonly number[]) =>
    Object.fromEntries(depths.map((k) => [k, mean(`${metric}@${k}`)]));
  return {
    n: columns[names[0]].length,
    hit: means("hit", HIT_KS),
    precision: means("precision", PRECISION_KS),
    ci: Object.fromEntries(names.map((name, i) => [name, intervals[i].map(percent) as [number, number]])),
  };
}

const percent = (share: number): number => Math.round(1e4 * share) / 100;
