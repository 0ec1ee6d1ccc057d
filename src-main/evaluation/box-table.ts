import { formatCount } from "../../src-shared/format-count";
import type { BoxScores } from "./average-precision";
import type { BoxEvaluation } from "./evaluate-boxes";
import { aligned } from "./table";

const MEASURES: [name: keyof BoxScores, title: string][] = [
  ["ap", "AP"],
  ["ap50", "AP50"],
  ["ap75", "AP75"],
  ["apSmall", "AP small"],
  ["apMedium", "AP medium"],
  ["apLarge", "AP large"],
  ["ar1", "AR, 1 box"],
  ["ar10", "AR, 10 boxes"],
  ["ar100", "AR, 100 boxes"],
  ["arSmall", "AR small"],
  ["arMedium", "AR medium"],
  ["arLarge", "AR large"],
];
const PER_CATEGORY = ["ap", "ap50", "ap75", "ar100"] as const;
const TITLES = Object.fromEntries(MEASURES) as Record<keyof BoxScores, string>;

const percent = (value: number | null) => (value === null ? "–" : (100 * value).toFixed(1));

/** Markdown tables in percent: COCO's twelve numbers, then each category's, best first. */
export function boxTables({ pack, detectors, images, mean, categories }: BoxEvaluation): string {
  const best = [...categories].sort((a, b) => (b.ap ?? 0) - (a.ap ?? 0));
  const boxes = categories.reduce((sum, category) => sum + category.boxes, 0);
  return [
    `${pack} (${detectors.join(", ")}) on ${formatCount(images, "photo")} with ${formatCount(boxes, "box", "boxes")} ` +
      `of ${formatCount(categories.length, "category", "categories")}, in percent`,
    aligned([["", "all categories"], ...MEASURES.map(([name, title]) => [title, percent(mean[name])])]),
    aligned([
      ["Category", "boxes", ...PER_CATEGORY.map((name) => TITLES[name])],
      ...best.map((category) => [
        category.name,
        String(category.boxes),
        ...PER_CATEGORY.map((name) => percent(category[name])),
      ]),
    ]),
  ].join("\n\n");
}
