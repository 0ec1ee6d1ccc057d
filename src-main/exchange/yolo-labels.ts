import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Refusal } from "../../src-shared/refusal";
import type { Rectangle } from "../base/overlap";
import { annotationFiles, annotationText, photoCandidates } from "./annotation-files";
import { type ImportEntry, keywordFault, type ReadBox, stepsOf } from "./photo-keywords";
import { PREDICTED, predictedLine } from "./yolo";

const NAMES_IN_YAML = ["data.yaml", "data.yml", "dataset.yaml"];
const NAMES_IN_TEXT = ["classes.txt", "obj.names", "labels/classes.txt"];
/** Text files of data sets that aren't annotations. */
const OTHERS = new Set(["classes.txt", PREDICTED, "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt"]);

const dataYaml = z.looseObject({
  names: z.union([
    z.array(z.union([z.string(), z.number(), z.boolean()])),
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  ]),
});

/**
 * Reads boxes from a folder in YOLO's format: a text file for each photo, in a folder `labels` or beside the photos,
 * with a line per box. Of outlines and turned boxes, takes what encloses them. Boxes with a confidence, and those that
 * `predicted.txt` lists, are only counted.
 * @throws Refusal `bad-yolo` if nothing names the classes
 */
export async function* readYolo(folder: string): AsyncGenerator<ImportEntry> {
  const texts = await annotationFiles(folder, ".txt", "bad-yolo");
  const classes = await classesOf(folder);
  const predicted = await predictedIn(folder);
  const inFolder = texts.filter((file) => /(^|\/)labels\//.test(file));
  const files = (inFolder.length > 0 ? inFolder : texts).filter((file) => !OTHERS.has(basename(file).toLowerCase()));
  if (files.length === 0)
    throw new Refusal("bad-yolo", `${folder} has no text files with boxes. Choose the folder that holds labels.`);
  let predictions = 0;
  for (const file of files) {
    let text: string;
    try {
      text = await annotationText(join(folder, file), "bad-yolo");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      yield { where: file, reason: error.message };
      continue;
    }
    const boxes: ReadBox[] = [];
    const stem = file.replace(/\.[^./]+$/, "").replace(/^labels\//, "");
    for (const [i, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      const where = `${file}, line ${i + 1}`;
      const read = boxIn(line);
      if (typeof read === "string") yield { where, reason: read };
      else if (read.isPredicted || predicted.has(predictedLine(stem, line.trim()))) predictions++;
      else {
        const name = classes.get(read.type);
        const keyword = stepsOf(name ?? "", null);
        const fault = keyword.length === 0 ? `No class has the number ${read.type}.` : keywordFault(keyword);
        if (fault !== null) yield { where, reason: fault };
        else boxes.push({ keyword, box: read.box, where });
      }
    }
    if (boxes.length > 0)
      yield {
        path: file,
        keywords: [...new Map(boxes.map(({ keyword }) => [keyword.join("|"), keyword])).values()],
        verdict: "accept",
        boxes,
        candidates: photoCandidates(file, "labels", "images"),
      };
  }
  if (predictions > 0) yield { predictions };
}

/** A line's class and box in fractions of the photo; a sentence if it can't be read. */
function boxIn(line: string): { type: number; box: Rectangle; isPredicted: boolean } | string {
  const words = line.trim().split(/\s+/);
  const values = words.map(Number);
  const [type = NaN, ...sides] = values;
  if (!Number.isInteger(type) || type < 0) return `The line begins with ${words[0]!.slice(0, 20)}, not with a class.`;
  if (!sides.every(Number.isFinite)) return "The line has something that isn’t a number.";
  if (sides.length === 4 || sides.length === 5) {
    const [x, y, w, h] = sides as [number, number, number, number];
    return { type, box: [x - w / 2, y - h / 2, x + w / 2, y + h / 2], isPredicted: sides.length === 5 };
  }
  if (sides.length < 6 || sides.length % 2 === 1)
    return `The line has ${words.length} numbers; a box has five: its class, centre and size.`;
  const [xs, ys] = [0, 1].map((axis) => sides.filter((_, i) => i % 2 === axis)) as [number[], number[]];
  const least = (of: number[]) => of.reduce((a, b) => Math.min(a, b));
  const most = (of: number[]) => of.reduce((a, b) => Math.max(a, b));
  return { type, box: [least(xs), least(ys), most(xs), most(ys)], isPredicted: false };
}

async function classesOf(folder: string): Promise<Map<number, string>> {
  const yaml = NAMES_IN_YAML.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (yaml !== undefined) return namesInYaml(yaml, await annotationText(yaml, "bad-yolo"));
  const text = NAMES_IN_TEXT.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (text === undefined)
    throw new Refusal("bad-yolo", `${folder} has neither data.yaml nor classes.txt, which name the classes.`);
  const lines = (await annotationText(text, "bad-yolo")).split("\n").map((line) => line.trim());
  return new Map(lines.map((name, i) => [i, name]));
}

function namesInYaml(file: string, text: string): Map<number, string> {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new Refusal("bad-yolo", `${file} isn’t YAML: ${(error as Error).message.split("\n", 1)[0]}`);
  }
  const { success, data } = dataYaml.safeParse(content);
  if (!success) throw new Refusal("bad-yolo", `${file} has no names of classes.`);
  const { names } = data;
  return new Map(Object.entries(names).map(([type, name]) => [Number(type), String(name)]));
}

/** The lines that Semblance exported and nobody has accepted. */
async function predictedIn(folder: string): Promise<Set<string>> {
  const file = join(folder, PREDICTED);
  return new Set(existsSync(file) ? (await annotationText(file, "bad-yolo")).split("\n") : []);
}
