import type { LabelId } from "../../src-shared/contract";
import { rounded, type WriteResult, type WriteText } from "./csv";
import { distinctNames } from "./distinct-names";
import type { LabelledFiles } from "./labelled-files";

export interface CocoNames {
  nameOf(label: LabelId): string;
  /** The label's parent; null if unknown. */
  parentOf(label: LabelId): string | null;
  description: string;
}

/**
 * Writes labels as COCO (cocodataset.org): `images`, `annotations` and `categories`. Labels apply to whole photos, so
 * each box covers the whole image, for readers that expect one. In addition to COCO's fields, annotations have a
 * `score` and a `source`, categories a `label`, and images a `split`.
 */
export async function writeCoco(
  files: LabelledFiles,
  { nameOf, parentOf, description }: CocoNames,
  write: WriteText,
): Promise<WriteResult> {
  const list = arrayOf(write);
  await write(`{"info":${JSON.stringify({ description, version: "1.0" })},"licenses":[],"images":`);
  const images = new Map<string, number>();
  for await (const { path, width, height, takenAt, part } of files.read()) {
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
  for await (const { path, labels, width, height } of files.read()) {
    const image = images.get(path);
    if (image === undefined) continue; // it got its first label during the export
    for (const { label, score, source } of labels) {
      const category = categories.get(label) ?? categories.size + 1;
      categories.set(label, category);
      await list.add({
        id: ++annotation,
        image_id: image,
        category_id: category,
        score: rounded(score),
        source,
        bbox: [0, 0, width, height],
        area: width * height,
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
  return { rows: annotation, notes: [] };
}

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
