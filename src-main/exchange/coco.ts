import type { LabelId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import type { Rectangle } from "../base/overlap";
import { rounded, type WriteResult, type WriteText } from "./csv";
import { distinctNames } from "./distinct-names";
import type { LabelledFile, LabelledFiles } from "./labelled-files";

export interface CocoNames {
  nameOf(label: LabelId): string;
  /** The label's parent; null if unknown. */
  parentOf(label: LabelId): string | null;
  description: string;
  /** Writes boxes, instead of labels of whole photos. */
  boxes?: boolean;
}

/** An annotation without its ids. */
interface Annotation {
  label: LabelId;
  score: number;
  source: string;
  bbox: [x: number, y: number, width: number, height: number];
  /** Who found the box; only boxes have it, so that imports know them from labels of whole photos. */
  origin?: string;
}

/**
 * Writes labels or boxes as COCO (cocodataset.org): `images`, `annotations` and `categories`. Boxes are in pixels of the
 * upright photo, whose size `width` and `height` give; photos without boxes are left out, because training would take
 * them for photos without objects. Labels apply to whole photos, so each gets a box that covers the whole image, for
 * readers that expect one. In addition to COCO's fields, annotations have a `score` and a `source`, boxes an `origin`,
 * categories a `label`, and images a `split`.
 */
export async function writeCoco(
  files: LabelledFiles,
  { nameOf, parentOf, description, boxes = false }: CocoNames,
  write: WriteText,
): Promise<WriteResult> {
  const list = arrayOf(write);
  const annotationsOf = boxes ? boxAnnotations : labelAnnotations;
  let unsized = 0;
  await write(`{"info":${JSON.stringify({ description, version: "1.0" })},"licenses":[],"images":`);
  const images = new Map<string, number>();
  for await (const { path, width, height, takenAt, part, boxes: found } of files.read()) {
    if (boxes && found.length === 0) continue;
    if (boxes && !(width > 0 && height > 0)) {
      unsized++;
      continue;
    }
    images.set(path, images.size + 1);
    await list.add({
      id: images.size,
      width,
      height,
      file_name: path,
      license: 0,
      date_captured: takenAt,
      ...(files.split ? { split: part } : {}),
    });
  }
  await list.end();

  await write(`,"annotations":`);
  const categories = new Map<LabelId, number>();
  let annotation = 0;
  for await (const file of files.read()) {
    const image = images.get(file.path);
    if (image === undefined) continue; // it has no boxes, or got its first label during the export
    for (const { label, score, source, bbox, origin } of annotationsOf(file)) {
      const category = categories.get(label) ?? categories.size + 1;
      categories.set(label, category);
      await list.add({
        id: ++annotation,
        image_id: image,
        category_id: category,
        score: rounded(score),
        source,
        ...(origin === undefined ? {} : { origin }),
        bbox,
        area: pixels(bbox[2] * bbox[3]),
        segmentation: [],
        iscrowd: 0,
      });
    }
  }
  await list.end();

  await write(`,"categories":`);
  const names = distinctNames(categories.keys(), nameOf);
  for (const [label, id] of categories)
    await list.add({ id, name: names.get(label), supercategory: parentOf(label) ?? "", label });
  await list.end();
  await write("}\n");
  return {
    rows: annotation,
    notes:
      unsized > 0
        ? [`Skipped ${formatCount(unsized, "photo")} whose size isn’t known yet. Let Semblance analyse them first.`]
        : [],
  };
}

const labelAnnotations = ({ labels, width, height }: LabelledFile): Annotation[] =>
  labels.map(({ label, score, source }) => ({ label, score, source, bbox: [0, 0, width, height] }));

const boxAnnotations = ({ boxes, width, height }: LabelledFile): Annotation[] =>
  boxes.map(({ label, box, confidence, origin, accepted }) => ({
    label,
    score: confidence,
    source: accepted ? "accepted" : "predicted",
    origin,
    bbox: cocoBox(box, width, height),
  }));

const cocoBox = ([x0, y0, x1, y1]: Rectangle, width: number, height: number): Annotation["bbox"] => [
  pixels(x0 * width),
  pixels(y0 * height),
  pixels((x1 - x0) * width),
  pixels((y1 - y0) * height),
];

/** Four places keep the steps in which boxes are stored, even in small images. */
const pixels = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Writes a JSON array element by element. Can be used for several arrays in turn. */
function arrayOf(write: WriteText): { add(element: object): Promise<void>; end(): Promise<void> } {
  let empty = true;
  return {
    async add(element) {
      await write(`${empty ? "[" : ","}\n${JSON.stringify(element)}`);
      empty = false;
    },
    async end() {
      await write(empty ? "[]" : "\n]");
      empty = true;
    },
  };
}
