import { type FeatureSpace, featureSpaceOf } from "../devise/feature-space";
import { rootMean } from "../devise/scenes";
import { type Pack, readPrototypes } from "../vision/pack";

/**
 * The feature space in which labels are learned from few photos. If the pack has no feature statistics, the mean comes
 * from its prototypes, provided that they are mean features of photos. @throws Refusal `bad-pack`
 */
export function packSpace(
  pack: Pack,
  { vectors, from }: { vectors: Float32Array; from: string } = readPrototypes(pack),
): FeatureSpace {
  const D = pack.dimensions;
  const ofPrototypes = from === "prototypes" ? { rootMean: rootMean(vectors, D), axes: new Float32Array(0) } : null;
  return featureSpaceOf(pack.statistics ?? ofPrototypes, D, vectors.length / D);
}
