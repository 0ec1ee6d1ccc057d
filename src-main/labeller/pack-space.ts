import { type FeatureSpace, featureSpaceOf } from "../devise/feature-space";
import { rootMean } from "../devise/scenes";
import { type Pack, readPrototypes } from "../vision/pack";

/**
 * The space in which a pack's labels are learned from few photos. Where the pack does not say what its features are on
 * photos at large, the
 * prototypes tell their mean, if they are means of photos themselves.
 * @throws Refusal `bad-pack`
 */
export function packSpace(pack: Pack, { vectors, from } = readPrototypes(pack)): FeatureSpace {
  const D = pack.dimensions;
  const ofPrototypes = from === "prototypes" ? { rootMean: rootMean(vectors, D), axes: new Float32Array(0) } : null;
  return featureSpaceOf(pack.statistics ?? ofPrototypes, D, pack.classes.length);
}
