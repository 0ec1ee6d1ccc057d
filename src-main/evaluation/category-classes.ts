import type { Lexicon } from "../labeller/lexicon";
import type { PackDetector } from "../vision/pack-detectors";
import { foldPhrase } from "../words/phrases";
import type { CocoFolder } from "./coco-folder";

/** The class that a detector has for a category. */
export interface ClassOfCategory {
  detector: PackDetector;
  /** Index and name in the detector. */
  index: number;
  class: string;
}

/** The class of a category, by the category's index. */
export type CategoryClasses = Map<number, ClassOfCategory>;

/**
 * The detectors' classes that COCO's categories mean, in this order: the class of its label (in Semblance's own
 * exports), of its name, or of the label that its name means ("sports ball" for a pack's "ball"). No class stands for
 * two categories.
 */
export function matchClasses(
  categories: CocoFolder["categories"],
  detectors: PackDetector[],
  lexicon: Lexicon,
): CategoryClasses {
  const classes = detectors.flatMap((detector) =>
    detector.classes.map(({ name, wnid }, index) => ({
      match: { detector, index, class: name },
      name: foldPhrase(name),
      label: lexicon.classLabel({ name, wnid: wnid ?? undefined }),
    })),
  );
  const known: CategoryClasses = new Map();
  const ways = [
    ({ label }: CocoFolder["categories"][number]) => classes.filter((each) => each.label === label),
    ({ name }: { name: string }) => classes.filter((each) => each.name === foldPhrase(name)),
    ({ name }: { name: string }) => classes.filter((each) => each.label === lexicon.classLabel({ name })),
  ];
  const taken = new Set<ClassOfCategory>();
  for (const way of ways)
    categories.forEach((category, c) => {
      const free = known.has(c) ? undefined : way(category).find(({ match }) => !taken.has(match));
      if (free === undefined) return;
      known.set(c, free.match);
      taken.add(free.match);
    });
  return known;
}
