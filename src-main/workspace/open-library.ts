import type { LabelId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import type { FeatureSpace } from "../devise/feature-space";
import { type ConceptBank } from "../labeller/concept-bank";
import { type LabelRanker } from "../labeller/label-ranker";
import type { Lexicon } from "../labeller/lexicon";
import { type PackProjection } from "../labeller/pack-projection";
import { type SemanticIndex } from "../labeller/semantic-index";
import { type Store } from "../store/database";
import { type Model } from "../store/models";
import { type Pack } from "../vision/pack";
import type { NamedPack } from "./choose-pack";

/** An open library with all that labels it. Fields change when a model or a label set does. */
export interface OpenLibrary {
  readonly store: Store;
  readonly lexicon: Lexicon;
  readonly pack: Pack;
  /** The pack's labels stay, but its files are gone: see kept-labels.ts. */
  readonly isPackMissing: boolean;
  /** Would label the library better; null where nothing would. */
  readonly better: NamedPack | null;
  /** What the pack's projection was before any correction. */
  readonly baseProjection: PackProjection;
  /** `[C, D]` */
  readonly prototypes: Float32Array;
  /** In which labels are learned from few photos. */
  readonly space: FeatureSpace;
  /** `[C]` */
  readonly classLabels: LabelId[];
  /** What is looked for beside the classes; null where the pack looks for nothing else. */
  readonly concepts: ConceptBank | null;
  model: Model;
  ranker: LabelRanker;
  labelSet: { name: string; size: number };
  semanticIndex: SemanticIndex;
  /** Share of the library's photos that show a class of the visual model, as estimated when they were last ranked. */
  share: number;
  /** What stands in for what is gone, in words. */
  notices: string[];
}

/** @throws Refusal `pack-gone` where the pack that labelled the library is gone: what labels or learns needs it */
export function requirePack({ isPackMissing, pack, better }: OpenLibrary): void {
  if (isPackMissing)
    throw new Refusal(
      "pack-gone",
      `${pack.title}, which labelled these photos, is no longer on this computer. Label them again with ${better!.pack.title} first.`,
    );
}
