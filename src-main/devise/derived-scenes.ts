/**
 * Scenes that no photo of the training shows an amount of, from those that it does, from the things in a photo and from
 * its light: a beach is
 * sand by the water. Parts are calibrated probabilities and are taken for independent: all of `all`, at least one of
 * `any` (noisy or), none of
 * `none`. Parts depend on each other and a rule is no definition, so each has a reliability: of photos whose parts are
 * more likely than not
 * together, the share that shows the scene.
 */
export interface DerivedRule {
  name: string;
  /** WordNet 3.0 id, where one means a photo's scene. */
  wnid: string | null;
  /**
   * 0..1, counted by eye among 1,528 photos, of which 1,200 had been left out one by one when the parts were learned.
   */
  reliability: number;
  all: string[];
  any: string[];
  none: string[];
}

/** Names of parts: scenes of the bundled pack, `vehicle` (any that goes on roads), `sunset light` and `night light`. */
export const DERIVED_SCENES: DerivedRule[] = [
  // 5 of 6 are beaches, one is palms on sand.
  { name: "beach", wnid: "n09217230", reliability: 0.83, all: ["sand"], any: ["sea", "water", "sky"], none: [] },
  // 13 of 17: a driveway, a yard and two vehicles of which little else is seen.
  {
    name: "street",
    wnid: "n04334599",
    reliability: 0.76,
    all: ["road"],
    any: ["building", "pavement", "vehicle"],
    none: [],
  },
  // 6 of 9; hills, a rock and a tower are not.
  {
    name: "field",
    wnid: null,
    reliability: 0.67,
    all: ["grass", "outdoors", "sky"],
    any: [],
    none: ["playing field", "building", "road"],
  },
  // 6 of 38: mostly single trees and animals in them, which features of a whole photo do not part from woods.
  {
    name: "forest",
    wnid: "n09284015",
    reliability: 0.16,
    all: ["tree", "outdoors"],
    any: [],
    none: ["building", "road", "pavement", "playing field", "sky", "water"],
  },
  // 3 of 3, too few to be sure: a rule of succession, (3 + 1) of (3 + 2).
  { name: "sunset", wnid: null, reliability: 0.8, all: ["sunset light"], any: ["sky", "sea"], none: [] },
  // 1 of 3, and 2 of the next 4: stages and black grounds are as dark.
  { name: "night", wnid: null, reliability: 0.43, all: ["night light", "outdoors"], any: [], none: [] },
];

export interface DerivedScene {
  name: string;
  wnid: string | null;
  probability: number;
}

/**
 * Probabilities of the derived scenes.
 * @param part probability of a part, 0..1; null: nothing is known of it, because the pack has no such scene or there
 *   was no detector
 * @returns only scenes whose every needed part is known; of `any` and `none` those count that are
 * @throws RangeError when a part's probability is none
 */
export function derivedScenes(part: (name: string) => number | null): DerivedScene[] {
  return DERIVED_SCENES.flatMap(({ name, wnid, reliability, all, any, none }) => {
    const known = (names: string[]) => names.flatMap((each) => part(each) ?? []);
    const [needed, either, barred] = [known(all), known(any), known(none)];
    const stray = [...needed, ...either, ...barred].find((p) => !(p >= 0 && p <= 1));
    if (stray !== undefined) throw new RangeError(`a part of ${name} has the probability ${stray}`);
    if (needed.length < all.length || (any.length > 0 && either.length === 0)) return [];
    const together = needed.reduce((product, p) => product * p, 1);
    const missing = (probabilities: number[]) => probabilities.reduce((product, p) => product * (1 - p), 1);
    return [
      {
        name,
        wnid,
        probability: reliability * together * (any.length > 0 ? 1 - missing(either) : 1) * missing(barred),
      },
    ];
  });
}
