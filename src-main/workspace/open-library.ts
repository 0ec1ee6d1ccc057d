import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { FeatureSpace } from "../devise/feature-space";
import type { TowerClasses, TowerScores } from "../devise/tower-classes";
import { type ConceptBank } from "../labeller/concept-bank";
import { type LabelRanker } from "../labeller/label-ranker";
import type { Lexicon } from "../labeller/lexicon";
import { type PackProjection } from "../labeller/pack-projection";
import { type SemanticIndex } from "../labeller/semantic-index";
import { type Store } from "../store/database";
import { type Model } from "../store/models";
import { type Pack } from "../vision/pack";
import type { TextTower } from "../vision/text-tower";
import type { NamedPack } from "./choose-pack";
import type { LibraryCaches } from "./library-caches";

/** Labels and queries by a pack's text tower. */
export interface LibraryTower extends TextTower {
  scores: TowerScores;
  /** @param features `[n, D]` of photos */
  classify(features: Float32Array): TowerClasses;
}

/** A library seen through a pack: what labels are learned and ranked with, before any model is chosen. */
export interface PackLibrary {
  readonly store: Store;
  readonly lexicon: Lexicon;
  readonly pack: Pack;
  /** The pack's projection, before any correction. */
  readonly baseProjection: PackProjection;
  /** `[C, D]`; a text tower's embeddings of `classLabels` if the pack has one */
  readonly prototypes: Float32Array;
  /** The whitened space for few-shot labels. */
  readonly space: FeatureSpace;
  /** `[C]` */
  readonly classLabels: LabelId[];
  /** The pack's text tower, and what classifies photos by the labels that it embedded; null if the pack has none. */
  readonly tower: LibraryTower | null;
  /** What detectors and scenes add to the classes; null if the pack has neither. */
  readonly concepts: ConceptBank | null;
  /** Messages about fallbacks and other conditions, for the user. */
  notices: string[];
}

/** An open library with everything that labels it. Fields change with the model and the label set. */
export interface OpenLibrary extends PackLibrary {
  /** The pack that labelled it is missing; its labels stay. See missing-pack.ts. */
  readonly isPackMissing: boolean;
  /** A better pack to relabel with; null if there is none. */
  readonly better: NamedPack | null;
  model: Model;
  ranker: LabelRanker;
  labelSet: { name: string; size: number };
  semanticIndex: SemanticIndex;
  /** The prior: share of the library's photos that show a class of the visual model, 0..1, as last estimated. */
  share: number;
  /** What is computed from the fields above and the store, and kept while the library is open. */
  readonly caches: LibraryCaches;
}

/** @throws Refusal `pack-gone` if the pack that labelled the library is missing: labelling and learning need it */
export function requirePack({ isPackMissing, pack, better }: OpenLibrary): void {
  if (isPackMissing)
    throw new Refusal(
      "pack-gone",
      `${pack.title}, the model that labelled these photos, is no longer on this computer. Relabel them with ${better!.pack.title} first.`,
    );
}
