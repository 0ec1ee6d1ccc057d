import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import type { TrueBoxes } from "./average-precision";

/** Photos with true boxes. */
export interface CocoFolder {
  /** Absolute path of the annotations. */
  annotations: string;
  /** By id. `width` and `height` in pixels, where the annotations have them. */
  images: { id: number; path: string; width?: number; height?: number }[];
  /** By id. `label` is there in Semblance's own exports. */
  categories: { id: number; name: string; label?: string }[];
  /** Images and categories are indices into the lists above. */
  truth: TrueBoxes;
}

/** A JavaScript string can't be much longer, and JSON.parse needs one. COCO's own largest file has 470 MB. */
const MAX_BYTES = 500e6;

const id = z.int().min(0);
const side = z.int().min(1).nullish();
type Box = [x: number, y: number, width: number, height: number];
const isBox = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 4 && value.every(Number.isFinite) && value[2] >= 0 && value[3] >= 0;
const instances = z.object({
  images: z.array(z.object({ id, file_name: z.string().min(1), width: side, height: side })),
  categories: z.array(z.object({ id, name: z.string().min(1), label: z.string().nullish() })),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: z.custom<Box>(isBox, {
        error: ({ input }) =>
          `expected x, y, width and height (not negative), received ${(JSON.stringify(input) ?? "none").slice(0, 100)}`,
      }),
      area: z.number().min(0).nullish(),
      iscrowd: z.literal([0, 1, false, true]).nullish(),
    }),
  ),
});
type Instances = z.infer<typeof instances>;
/** What messages call an entry of a list; entries are counted from 1. */
const ONE: Record<keyof Instances, string> = { images: "image", categories: "category", annotations: "annotation" };

/**
 * Reads photos with boxes in COCO's instances format (cocodataset.org/#format-data).
 * @param path a folder with one file of annotations, beside the photos or in `annotations`, or that file
 * @throws Refusal `bad-dataset` with the file and the number of what can't be used
 */
export function readCocoFolder(path: string): CocoFolder {
  const annotations = annotationsFile(resolve(path));
  const read = parse(annotations);
  const byId = <T extends { id: number }>(items: T[]) => [...items].sort((a, b) => a.id - b.id);
  const [images, categories] = [byId(read.images), byId(read.categories)];
  refuseTwins(annotations, "images", images);
  refuseTwins(annotations, "categories", categories);
  const truth = trueBoxes(annotations, read.annotations, images, categories);
  if (truth.crowds.every((crowd) => crowd === 1))
    throw bad(`${annotations} has only crowds (${truth.crowds.length}), and no box to find.`);
  return {
    annotations,
    images: findImages(annotations, images),
    categories: categories.map(({ id, name, label }) => ({ id, name, label: label ?? undefined })),
    truth,
  };
}

const bad = (message: string) => new Refusal("bad-dataset", message);

function annotationsFile(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) throw bad(`There is no COCO folder at ${path}.`);
  if (!stat.isDirectory()) return path;
  const found = [join(path, "annotations"), path].flatMap((folder) =>
    existsSync(folder) && statSync(folder).isDirectory()
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".json"))
          .map((name) => join(folder, name))
      : [],
  );
  const instances = found.filter((file) => basename(file).startsWith("instances"));
  const files = instances.length > 0 ? instances : found;
  if (files.length === 0)
    throw bad(
      `${path} has no annotations: no JSON file lies in it or in ${join(path, "annotations")}. Give a folder with COCO’s instances JSON.`,
    );
  if (files.length > 1)
    throw bad(
      `${path} has ${files.length} files of annotations. Give one of them to --boxes: ${files.sort().join(", ")}`,
    );
  return files[0];
}

function parse(file: string): Instances {
  const { size } = statSync(file);
  if (size > MAX_BYTES)
    throw bad(
      `${file} is too large: it has ${formatCount(size, "byte")}, and up to ${formatCount(MAX_BYTES, "byte")} can be read.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)));
  } catch (error) {
    if (error instanceof SyntaxError) throw bad(`${file} isn’t JSON: ${error.message}.`);
    if (error instanceof TypeError) throw bad(`${file} isn’t UTF-8.`);
    throw bad(`Can’t read ${file} (${(error as NodeJS.ErrnoException).code}).`);
  }
  const { success, data, error } = instances.safeParse(json);
  if (!success) {
    const { path, message } = error.issues[0];
    const [list, at, ...keys] = path.map(String);
    const entry = at === undefined ? list : `${ONE[list as keyof Instances]} ${Number(at) + 1}`;
    const where = [entry, ...keys].join(", ");
    throw bad(`${file} isn’t in COCO’s instances format. ${where === "" ? "" : `${where}: `}${message}.`);
  }
  if (data.annotations.length === 0) throw bad(`${file} has no annotations.`);
  return data;
}

function refuseTwins(file: string, list: string, items: { id: number }[]): void {
  const twin = items.findIndex((item, i) => i > 0 && item.id === items[i - 1].id);
  if (twin >= 0) throw bad(`${file} has two ${list} with the id ${items[twin].id}.`);
}

function trueBoxes(
  file: string,
  annotations: Instances["annotations"],
  images: { id: number }[],
  categories: { id: number }[],
): TrueBoxes {
  const indices = (items: { id: number }[]) => new Map(items.map((item, i) => [item.id, i]));
  const [imageOf, categoryOf] = [indices(images), indices(categories)];
  const known = (ids: Map<number, number>, kind: string, wanted: number, at: number): number => {
    const index = ids.get(wanted);
    if (index === undefined)
      throw bad(`${file}: annotation ${at + 1} is of ${kind} ${wanted}, which the file doesn’t list.`);
    return index;
  };
  return {
    images: Uint32Array.from(annotations, ({ image_id }, i) => known(imageOf, "image", image_id, i)),
    categories: Uint32Array.from(annotations, ({ category_id }, i) => known(categoryOf, "category", category_id, i)),
    boxes: Float64Array.from(annotations.flatMap(({ bbox }) => bbox)),
    areas: Float64Array.from(annotations, ({ bbox: [, , w, h], area }) => area ?? w * h),
    crowds: Uint8Array.from(annotations, ({ iscrowd }) => Number(iscrowd ?? 0)),
  };
}

/** The photos lie beside the annotations' folder, in `images`, or in a folder named as the annotations' part is. */
function findImages(file: string, images: Instances["images"]): CocoFolder["images"] {
  const folder = dirname(file);
  const root = basename(folder) === "annotations" ? dirname(folder) : folder;
  const part = basename(file, ".json").replace(/^instances_?/, "");
  const places = [root, join(root, "images"), ...(part === "" ? [] : [join(root, part), join(root, "images", part)])];
  const missing: string[] = [];
  const found = images.flatMap(({ id, file_name, width, height }) => {
    const path = places.map((place) => resolve(place, file_name)).find((candidate) => existsSync(candidate));
    if (path === undefined) missing.push(file_name);
    return path === undefined ? [] : [{ id, path, width: width ?? undefined, height: height ?? undefined }];
  });
  if (missing.length > 0)
    throw bad(
      `Can’t find ${missing.length} of the ${formatCount(images.length, "image")} in ${file}. The first is ${missing[0]}. ` +
        `Semblance looked in ${places.join(", ")}.`,
    );
  return found;
}
