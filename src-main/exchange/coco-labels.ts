import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Refusal } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import type { Rectangle } from "../base/overlap";
import { type ImportEntry, keywordFault, type ReadBox, stepsOf } from "./photo-keywords";
import { unreadableFile } from "./text-stream";

/** COCO is a single JSON object, so the whole file has to fit in memory. */
const MAX_BYTES = 256 * 2 ** 20;

const key = z.union([z.number(), z.string()]);
const coco = z.looseObject({
  images: z.array(
    z.looseObject({
      id: key,
      file_name: z.string().min(1),
      width: z.unknown().optional(),
      height: z.unknown().optional(),
    }),
  ),
  categories: z.array(z.looseObject({ id: key, name: z.string().min(1), supercategory: z.string().nullish() })),
  annotations: z.array(
    z.looseObject({
      image_id: key,
      category_id: key,
      source: z.string().optional(),
      origin: z.string().optional(),
      bbox: z.unknown().optional(),
      iscrowd: z.unknown().optional(),
    }),
  ),
});

/**
 * Reads labels and boxes from COCO (cocodataset.org/#format-data): each category that an image has an annotation of,
 * under its supercategory, and the boxes of single objects, in pixels of the upright photo. Ignores outlines. In
 * Semblance's own exports annotations have a source; predicted ones are only counted, and those without an origin are
 * labels of whole photos.
 * @throws Refusal `no-file`, `bad-coco`
 */
export async function* readCoco(file: string): AsyncGenerator<ImportEntry> {
  const { images, categories, annotations } = await parseCoco(file);
  const keywords = new Map(
    categories.map(({ id, name, supercategory }) => {
      const above = stepsOf(supercategory ?? "", null).filter((step) => step !== name && step !== "none");
      return [id, [...above, ...stepsOf(name, null)]];
    }),
  );
  const refused = new Set<string | number>();
  for (const [i, { id }] of categories.entries()) {
    const reason = keywordFault(keywords.get(id)!);
    if (reason === null) continue;
    refused.add(id);
    yield { where: `category ${i + 1}`, reason };
  }
  const files = new Map(images.map((image) => [image.id, image]));
  const given = new Map<string | number, { categories: Set<string | number>; boxes: ReadBox[] }>();
  let predictions = 0;
  for (const [i, annotation] of annotations.entries()) {
    const { image_id, category_id, source, origin, bbox, iscrowd } = annotation;
    const where = `annotation ${i + 1}`;
    const image = files.get(image_id);
    const keyword = keywords.get(category_id);
    if (source === "predicted") predictions++;
    else if (!image) yield { where, reason: `The file has no image ${image_id}.` };
    else if (!keyword) yield { where, reason: `The file has no category ${category_id}.` };
    else if (!refused.has(category_id)) {
      const of = given.get(image_id) ?? { categories: new Set(), boxes: [] };
      given.set(image_id, of);
      of.categories.add(category_id);
      const isOfPhoto = source !== undefined && origin === undefined;
      if (isOfPhoto || isEmpty(bbox) || iscrowd === 1 || iscrowd === true) continue;
      const box = fractionsOf(bbox, image);
      if (typeof box === "string") yield { where, reason: box };
      else if (keyword.length > 0) of.boxes.push({ keyword, box, where });
    }
  }
  for (const [id, { categories: categoriesOf, boxes }] of given) {
    const { file_name, width, height } = files.get(id)!;
    yield {
      path: file_name,
      keywords: [...categoriesOf].map((category) => keywords.get(category)!).filter(({ length }) => length > 0),
      verdict: "accept",
      ...(boxes.length > 0 ? { boxes, size: { width: width as number, height: height as number } } : {}),
    };
  }
  if (predictions > 0) yield { predictions };
}

/** Annotations of whole images have none, or an empty one. */
const isEmpty = (bbox: unknown): boolean =>
  bbox === undefined || bbox === null || (Array.isArray(bbox) && bbox.length === 0);

/** A box [x, y, width, height] in pixels as fractions; a sentence if it can't be read. */
function fractionsOf(bbox: unknown, { width, height }: { width?: unknown; height?: unknown }): Rectangle | string {
  if (!isNumber(width) || !isNumber(height) || width <= 0 || height <= 0)
    return "The box’s image has no width and height.";
  if (!Array.isArray(bbox) || bbox.length !== 4 || !bbox.every(isNumber))
    return "The bbox isn’t x, y, width and height, as four numbers.";
  const [x, y, w, h] = bbox as [number, number, number, number];
  return [x / width, y / height, (x + w) / width, (y + h) / height];
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

async function parseCoco(file: string): Promise<z.infer<typeof coco>> {
  const size = requireFile(file);
  if (size > MAX_BYTES)
    throw new Refusal(
      "bad-coco",
      `${file} is too large: it has ${size.toLocaleString("en")} bytes, and COCO files can have up to ${MAX_BYTES.toLocaleString("en")}.`,
    );
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  try {
    const { success, data, error } = coco.safeParse(
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)),
    );
    if (success) return data;
    const { path, message } = error.issues[0]!; // an error has at least one
    throw new Refusal(
      "bad-coco",
      `${file} isn’t a COCO file: ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}.`,
    );
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refusal("bad-coco", `${file} isn’t JSON: ${error.message}.`);
    if (error instanceof TypeError) throw new Refusal("bad-coco", `${file} isn’t UTF-8.`);
    throw error;
  }
}
