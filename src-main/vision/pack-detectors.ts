import { createHash } from "node:crypto";
import { z } from "zod";
import type { DetectorInput } from "../base/preprocess";
import { checkOnnx } from "./check-onnx";
import { badPack, MAX_BYTES, packFile, readPackFile, readPackJson } from "./pack-files";

/** A pack's detectors. All take the same pixels, so that a photo is decoded and resized once. */
export interface PackDetection extends DetectorInput {
  detectors: PackDetector[];
}

/**
 * A network that detects things in a photo. It takes uint8 `[n, h, w, 3]`, RGB, and returns float32 boxes `[n, k, 4]`
 * (x0, y0, x1, y1 as fractions of the photo), float32 scores `[n, k]` (0..1, in descending order; 0 = no box) and int64
 * classes `[n, k]`, after non-maximum suppression per class.
 */
export interface PackDetector {
  name: string;
  /** `objects` are labelled by class; `faces` has one class and only counts them. */
  kind: "objects" | "faces";
  file: string;
  /** 16 hex digits that change with what the detector finds: results with different ids must not be mixed. */
  id: string;
  licence: string;
  source: string;
  /** Names within the graph. */
  input: string;
  outputs: { boxes: string; scores: string; classes: string };
  /** `threshold`: minimum score of a box that counts. */
  classes: { name: string; wnid: string | null; threshold: number }[];
}

/** Boxes store their class in 16 bits. */
const MAX_CLASSES = 65_535;
const MAX_DETECTORS = 20;
const graphName = z.string().min(1).max(1000);

export const describedDetectors = z.object({
  input: z.object({ longSide: z.int().min(16).max(4096), multiple: z.int().min(1).max(256) }),
  networks: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        kind: z.enum(["objects", "faces"]),
        file: z.string().endsWith(".onnx"),
        licence: z.string().default("not stated"),
        source: z.string().default("not stated"),
        input: graphName,
        outputs: z.object({ boxes: graphName, scores: graphName, classes: graphName }),
        classes: z.string(),
      }),
    )
    .min(1)
    .max(MAX_DETECTORS),
});
type Described = z.infer<typeof describedDetectors>;

const detectorClasses = z
  .array(
    z.object({
      name: z.string().min(1).max(1000),
      wnid: z
        .string()
        .regex(/^n\d{8}$/)
        .nullish(),
      threshold: z.number().min(0).max(1),
    }),
  )
  .min(1)
  .max(MAX_CLASSES);

/** @param sha256 of the pack's files, by name @throws Refusal `bad-pack` */
export function readPackDetection(
  folder: string,
  { input, networks }: Described,
  sha256: Record<string, string>,
): PackDetection {
  const names = new Set(networks.map(({ name }) => name));
  if (names.size < networks.length)
    throw badPack(folder, `its ${networks.length} detectors have only ${names.size} different names`);
  return { ...input, detectors: networks.map((network) => readDetector(folder, input, network, sha256)) };
}

type DescribedDetector = Described["networks"][number];

function readDetector(
  folder: string,
  pixels: DetectorInput,
  network: DescribedDetector,
  sha256: Record<string, string>,
): PackDetector {
  const { name, kind, licence, source, input, outputs } = network;
  const described = readPackJson(folder, network.classes, detectorClasses, MAX_BYTES.classes, sha256[network.classes]);
  const classes = described.map(({ wnid, ...rest }) => ({ ...rest, wnid: wnid ?? null }));
  if (kind === "faces" && classes.length !== 1) {
    throw badPack(folder, `${network.classes} names ${classes.length} classes, but a face detector has 1`);
  }
  const different = new Set(classes.map((each) => each.name)).size;
  if (different < classes.length) {
    throw badPack(folder, `the ${classes.length} classes of ${network.classes} have only ${different} different names`);
  }
  const bytes = readPackFile(folder, network.file, MAX_BYTES.network, sha256[network.file]);
  try {
    checkOnnx(bytes);
  } catch (error) {
    throw badPack(folder, `can’t use ${network.file}: ${(error as Error).message}`);
  }
  // Leaves out thresholds, which are applied to stored boxes, and texts, which can change without changing the boxes.
  const id = createHash("sha256")
    .update(bytes)
    .update(JSON.stringify([pixels, kind, input, outputs, classes.map((each) => each.name)]))
    .digest("hex")
    .slice(0, 16);
  return { name, kind, file: packFile(folder, network.file), id, licence, source, input, outputs, classes };
}
