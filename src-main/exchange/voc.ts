import { posix } from "node:path";
import type { LabelId, Part } from "../../src-shared/contract";
import type { Rectangle } from "../base/overlap";
import type { AnnotationFormat } from "./annotation-folder";
import { rounded } from "./csv";
import { distinctNamer } from "./distinct-names";

/** What Pascal VOC calls the parts of a split. */
const PARTS = { train: "train", validation: "val", test: "test" } as const satisfies Record<Part, string>;

/**
 * Pascal VOC (host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html): `Annotations/photo.xml` with boxes in
 * pixels of the upright photo. As in the development kit, the first pixel is 1, and the right and lower sides are the
 * last pixels inside the box. In addition, objects have a `source`, and detected ones a `confidence`.
 */
export function vocFormat(nameOf: (label: LabelId) => string): AnnotationFormat {
  const nameIn = distinctNamer(nameOf);
  return {
    annotations: "Annotations",
    images: "JPEGImages",
    extension: ".xml",
    textOf({ path, width, height, boxes }) {
      const folder = posix.join("JPEGImages", posix.dirname(path));
      const objects = boxes.map(({ label, box, confidence, origin, accepted }) => {
        const [xmin, ymin, xmax, ymax] = vocBox(box, width, height);
        return [
          "  <object>",
          `    <name>${inXml(nameIn(label))}</name>`,
          "    <pose>Unspecified</pose>",
          "    <truncated>0</truncated>",
          "    <difficult>0</difficult>",
          `    <source>${accepted ? "accepted" : "predicted"}</source>`,
          `    <origin>${origin}</origin>`,
          ...(accepted ? [] : [`    <confidence>${rounded(confidence)}</confidence>`]),
          "    <bndbox>",
          `      <xmin>${xmin}</xmin>`,
          `      <ymin>${ymin}</ymin>`,
          `      <xmax>${xmax}</xmax>`,
          `      <ymax>${ymax}</ymax>`,
          "    </bndbox>",
          "  </object>",
        ].join("\n");
      });
      return [
        "<annotation>",
        `  <folder>${inXml(folder)}</folder>`,
        `  <filename>${inXml(posix.basename(path))}</filename>`,
        "  <source><database>Semblance</database></source>",
        `  <size><width>${width}</width><height>${height}</height><depth>3</depth></size>`,
        "  <segmented>0</segmented>",
        ...objects,
        "</annotation>",
        "",
      ].join("\n");
    },
    async finish(put, photos) {
      for (const [part, paths] of photos ?? [])
        await put(
          `ImageSets/Main/${PARTS[part]}.txt`,
          paths.map((path) => `${path.replace(/\.[^./]+$/, "")}\n`).join(""),
        );
    },
  };
}

/** At least one pixel wide and high. */
function vocBox([x0, y0, x1, y1]: Rectangle, width: number, height: number): [number, number, number, number] {
  const side = (from: number, to: number, size: number): [number, number] => {
    const first = Math.min(Math.round(from * size), size - 1);
    return [first + 1, Math.max(Math.round(to * size), first + 1)];
  };
  const [[xmin, xmax], [ymin, ymax]] = [side(x0, x1, width), side(y0, y1, height)];
  return [xmin, ymin, xmax, ymax];
}

/** Without characters that XML can't represent. */
const inXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
