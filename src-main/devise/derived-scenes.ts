/**
 * A rule for a scene that has too few training photos. It derives the scene from learned scenes, the objects in a photo
 * and its light: a beach is sand by the water. Its parts are calibrated probabilities, assumed to be independent: all
 * of `all`, at least one of `any` (noisy-or), none of `none`. Because parts do depend on each other and a rule is no
 * definition, the result is multiplied by a reliability: the fraction of photos that show the scene among those where
 * the parts make it more likely than not.
 */
export interface DerivedRule {
  name: string;
  /** WordNet 3.0 id, if a synset means the scene. */
  wnid: string | null;
  /** 0..1, counted by eye on 1,528 photos, 1,200 of which were left out when the parts were learned (leave-one-out). */
  reliability: number;
  all: string[];
  any: string[];
  none: string[];
}

/** The rules. Parts are scenes of the bundled pack, `vehicle` (any road vehicle), `sunset light` and `night light`. */
export const DERIVED_SCENES: DerivedRule[] = [
  // 5 of 6 are beaches; the other shows palms on sand.
  { name: "beach", wnid: "n09217230", reliability: 0.83, all: ["sand"], any: ["sea", "water", "sky"], none: [] },
  // 13 of 17; the others are a driveway, a yard and two close-ups of vehicles.
  {
    name: "street",
    wnid: "n04334599",
    reliability: 0.76,
    all: ["road"],
    any: ["building", "pavement", "vehicle"],
    none: [],
  },
  // 6 of 9; the others are hills, a rock and a tower.
  {
    name: "field",
    wnid: null,
    reliability: 0.67,
    all: ["grass", "outdoors", "sky"],
    any: [],
    none: ["playing field", "building", "road"],
  },
  // 6 of 38; most others show single trees or animals in them, which whole-photo features can't tell from woods.
  {
    name: "forest",
    wnid: "n09284015",
    reliability: 0.16,
    all: ["tree", "outdoors"],
    any: [],
    none: ["building", "road", "pavement", "playing field", "sky", "water"],
  },
  // 3 of 3. Too few to be sure, so the rule of succession: (3 + 1) / (3 + 2).
  { name: "sunset", wnid: null, reliability: 0.8, all: ["sunset light"], any: ["sky", "sea"], none: [] },
  // 1 of 3, and 2 of the next 4: stages and black backgrounds are as dark.
  { name: "night", wnid: null, reliability: 0.43, all: ["night light", "outdoors"], any: [], none: [] },
];

export interface DerivedScene {
  name: string;
  wnid: string | null;
  probability: number;
}

/**
 * Probabilities of the derived scenes.
 * @param part probability of a part, 0..1; null if unknown, because the pack has no such scene or no detector ran
 * @returns scenes whose required parts are all known; unknown parts of `any` and `none` are ignored
 * @throws RangeError when a part's probability is out of range
 */
export function derivedScenes(part: (name: string) => number | null): DerivedScene[] {
  return DERIVED_SCENES.flatMap(({ name, wnid, reliability, all, any, none }) => {
    const known = (names: string[]) => names.flatMap((each) => part(each) ?? []);
    const [needed, either, barred] = [known(all), known(any), known(none)];
    const stray = [...needed, ...either, ...barred].find((p) => !(p >= 0 && p <= 1));
    if (stray !== undefined) throw new RangeError(`a part of ${name} has probability ${stray}, outside 0 to 1`);
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
