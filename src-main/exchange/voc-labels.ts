import { join, posix } from "node:path";
import { DOMParser, type Element, ParseError } from "@xmldom/xmldom";
import { Refusal } from "../../src-shared/refusal";
import { annotationFiles, annotationText, photoCandidates } from "./annotation-files";
import { type ImportEntry, type ReadBox, stepsOf } from "./photo-keywords";

/**
 * Reads boxes from a folder in Pascal VOC's format: an XML file for each photo, in pixels of the upright photo, where
 * the first pixel is 1 and the right and lower sides are the last pixels inside. Objects that Semblance predicted are
 * only counted.
 * @throws Refusal `bad-voc` if there is no such file
 */
export async function* readVoc(folder: string): AsyncGenerator<ImportEntry> {
  const all = await annotationFiles(folder, ".xml", "bad-voc");
  const inFolder = all.filter((file) => /(^|\/)Annotations\//.test(file));
  const files = inFolder.length > 0 ? inFolder : all;
  if (files.length === 0)
    throw new Refusal("bad-voc", `${folder} has no XML files. Choose the folder that holds Annotations.`);
  let predictions = 0;
  for (const file of files) {
    let read: Annotation;
    try {
      read = annotationIn(await annotationText(join(folder, file), "bad-voc"), file);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield { where: file, reason: error.message };
      continue;
    }
    predictions += read.predictions;
    for (const fault of read.faults) yield fault;
    const { filename, keywords, boxes, size } = read;
    if (keywords.length === 0) continue;
    const candidates = photoCandidates(file, "Annotations", "JPEGImages");
    const exact = candidates.map(({ path }) => ({ path: posix.join(posix.dirname(path), filename), isStem: false }));
    yield {
      path: file,
      keywords,
      verdict: "accept",
      boxes,
      size,
      candidates: [...(filename === "" ? [] : exact), ...candidates],
    };
  }
  if (predictions > 0) yield { predictions };
}

interface Annotation {
  /** "" if not given. */
  filename: string;
  size: { width: number; height: number } | null;
  keywords: string[][];
  boxes: ReadBox[];
  predictions: number;
  faults: { where: string; reason: string }[];
}

/** @throws Refusal `bad-voc` */
function annotationIn(text: string, file: string): Annotation {
  const root = rootOf(text);
  const sizes = childrenOf(root, "size")[0];
  const [width, height] = ["width", "height"].map((name) => numberIn(sizes, name)) as [number, number];
  const size = width > 0 && height > 0 ? { width, height } : null;
  const keywords = new Map<string, string[]>();
  const annotation: Annotation = {
    filename: posix.basename(textIn(root, "filename").replaceAll("\\", "/")),
    size,
    keywords: [],
    boxes: [],
    predictions: 0,
    faults: [],
  };
  for (const [i, object] of childrenOf(root, "object").entries()) {
    const where = `${file}, object ${i + 1}`;
    const keyword = stepsOf(textIn(object, "name"), null);
    const bounds = childrenOf(object, "bndbox")[0];
    const sides = ["xmin", "ymin", "xmax", "ymax"].map((name) => numberIn(bounds, name));
    if (textIn(object, "source") === "predicted") annotation.predictions++;
    else if (keyword.length === 0) annotation.faults.push({ where, reason: "The object has no name." });
    else {
      keywords.set(keyword.join("|"), keyword);
      const [xmin, ymin, xmax, ymax] = sides as [number, number, number, number];
      if (!sides.every(Number.isFinite))
        annotation.faults.push({ where, reason: "The object’s box isn’t xmin, ymin, xmax and ymax, as numbers." });
      else if (size === null) annotation.faults.push({ where, reason: "The file doesn’t give the photo’s size." });
      else
        annotation.boxes.push({
          keyword,
          box: [(xmin - 1) / width, (ymin - 1) / height, xmax / width, ymax / height],
          where,
        });
    }
  }
  return { ...annotation, keywords: [...keywords.values()] };
}

function rootOf(text: string): Element {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Refusal("bad-voc", "The file has a document type.");
  let root: Element | null;
  let fault = "";
  const onError = (level: string, message: string) => {
    if (level !== "warning") fault ||= message.split("\n", 1)[0]!;
  };
  try {
    root = new DOMParser({ onError }).parseFromString(text.replace(/^\uFEFF/, "").trim(), "text/xml").documentElement;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    fault ||= error.message;
    root = null;
  }
  if (fault !== "") throw new Refusal("bad-voc", `The file isn’t XML: ${fault}.`);
  if (root?.localName !== "annotation")
    throw new Refusal("bad-voc", `The file isn’t Pascal VOC: it has no element annotation.`);
  return root;
}

const childrenOf = (parent: Element, name: string): Element[] =>
  Array.from(parent.childNodes).filter(
    (node): node is Element => node.nodeType === parent.ELEMENT_NODE && node.localName === name,
  );

const textIn = (parent: Element, name: string): string => (childrenOf(parent, name)[0]?.textContent ?? "").trim();

/** NaN if missing or no number. */
function numberIn(parent: Element | undefined, name: string): number {
  const text = parent ? textIn(parent, name) : "";
  return text === "" ? NaN : Number(text);
}
