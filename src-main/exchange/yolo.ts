import type { LabelId, Part } from "../../src-shared/contract";
import type { Rectangle } from "../base/overlap";
import type { AnnotationFormat } from "./annotation-folder";
import { distinctNames } from "./distinct-names";

/** Boxes are stored in steps of 1/10,000, so their centres have five places. */
const PLACES = 6;
/** File of a data set with the lines of `labels` that nobody has accepted: YOLO has no room to say so. */
export const PREDICTED = "predicted.txt";
/** What YOLO calls the parts of a split. */
const PARTS = { train: "train", validation: "val", test: "test" } as const satisfies Record<Part, string>;

/**
 * YOLO as Ultralytics reads it (docs.ultralytics.com/datasets/detect): `labels/photo.txt` with a line `class cx cy w h`
 * per box, in fractions of the upright photo; `data.yaml` and `classes.txt` with the names of the classes, in the order
 * of their first box.
 */
export function yoloFormat(nameOf: (label: LabelId) => string, images: "none" | "copies" | "links"): AnnotationFormat {
  const classes = new Map<LabelId, number>();
  const predicted: string[] = [];
  return {
    annotations: "labels",
    images: "images",
    extension: ".txt",
    textOf({ path, boxes }) {
      const lines = boxes.map(({ label, box, accepted }) => {
        const type = classes.get(label) ?? classes.size;
        classes.set(label, type);
        const line = `${type} ${yoloBox(box)}`;
        if (!accepted) predicted.push(predictedLine(path.replace(/\.[^./]+$/, ""), line));
        return `${line}\n`;
      });
      return lines.join("");
    },
    async finish(put, photos) {
      const names = [...distinctNames(classes.keys(), nameOf).values()];
      await put("classes.txt", names.map((name) => `${name}\n`).join(""));
      if (predicted.length > 0) await put(PREDICTED, predicted.map((line) => `${line}\n`).join(""));
      const lists = photos && images !== "none" ? [...photos] : [];
      for (const [part, paths] of lists)
        await put(`${PARTS[part]}.txt`, paths.map((path) => `./images/${path}\n`).join(""));
      const of = (part: Part) => (lists.some(([known]) => known === part) ? `${PARTS[part]}.txt` : "images");
      // Without a `path`, Ultralytics takes paths from the folder of this file.
      await put(
        "data.yaml",
        [
          "# Written by Semblance. Boxes are fractions of the upright photo, as its EXIF orientation turns it.",
          `train: ${of("train")}`,
          `val: ${of("validation")}`,
          ...(of("test") === "images" ? [] : [`test: ${of("test")}`]),
          "names:",
          // A JSON string is a YAML string too.
          ...names.map((name, i) => `  ${i}: ${JSON.stringify(name)}`),
          "",
        ].join("\n"),
      );
    },
  };
}

const yoloBox = ([x0, y0, x1, y1]: Rectangle): string =>
  [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0].map((value) => value.toFixed(PLACES)).join(" ");

/** @param stem the photo's path without extension */
export const predictedLine = (stem: string, line: string): string => `${stem}.txt: ${line}`;
