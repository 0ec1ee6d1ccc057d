import { readFile } from "node:fs/promises";
import { z } from "zod";
import { Refusal } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";
import { type ImportEntry, keywordFault, stepsOf } from "./photo-keywords";
import { unreadableFile } from "./text-stream";

/** COCO is a single JSON object, so the whole file has to fit in memory. */
const MAX_BYTES = 256 * 2 ** 20;

const key = z.union([z.number(), z.string()]);
const coco = z.looseObject({
  images: z.array(z.looseObject({ id: key, file_name: z.string().min(1) })),
  categories: z.array(z.looseObject({ id: key, name: z.string().min(1), supercategory: z.string().nullish() })),
  annotations: z.array(z.looseObject({ image_id: key, category_id: key, source: z.string().optional() })),
});

/**
 * Reads labels from COCO (cocodataset.org/#format-data): each category that an image has an annotation of, under its
 * supercategory. Ignores boxes and outlines. In Semblance's own exports annotations have a source; predicted ones are
 * only counted.
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
  const files = new Map(images.map(({ id, file_name }) => [id, file_name]));
  const given = new Map<string | number, Set<string | number>>();
  let predictions = 0;
  for (const [i, { image_id, category_id, source }] of annotations.entries()) {
    if (source === "predicted") predictions++;
    else if (!files.has(image_id)) yield { where: `annotation ${i + 1}`, reason: `The file has no image ${image_id}.` };
    else if (!keywords.has(category_id))
      yield { where: `annotation ${i + 1}`, reason: `The file has no category ${category_id}.` };
    else if (!refused.has(category_id)) given.set(image_id, (given.get(image_id) ?? new Set()).add(category_id));
  }
  for (const [image, categoriesOf] of given)
    yield {
      path: files.get(image)!,
      keywords: [...categoriesOf].map((category) => keywords.get(category)!).filter(({ length }) => length > 0),
      verdict: "accept",
    };
  if (predictions > 0) yield { predictions };
}

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
