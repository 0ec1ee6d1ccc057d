import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type { Refusal } from "../../src-shared/refusal";
import { type Detections, MAX_BOXES, type Pixels } from "../base/detections";
import { detectorSize } from "../base/preprocess";
import { type InferenceSession, Tensor } from "./onnx-runtime";
import type { Pack } from "./pack";
import type { PackDetector } from "./pack-detectors";
import { badPack } from "./pack-files";
import { createSession } from "./session";

export interface Detector {
  /**
   * @throws RangeError when the pixels do not match the pack's size; Refusal `bad-pack` when the network's output
   * breaks the contract
   */
  detect(photo: Pixels): Promise<Detections>;
  dispose(): Promise<void>;
}

/** How far a corner may lie outside the photo through rounding in 32 bits. Such corners are moved to the edge. */
const OUTSIDE = 1e-3;

/**
 * Loads a pack's detector and runs it on a grey picture, so that one that breaks the contract is refused before it sees
 * photos. Runs on the CPU: photos differ in size, and GPU providers recompile for each size.
 * @param threads threads per photo
 * @throws Refusal `bad-pack` with the detector's name and what is wrong
 */
export async function loadDetector(
  pack: Pack,
  detector: PackDetector,
  threads = availableParallelism(),
): Promise<Detector> {
  const { longSide, multiple } = pack.detection!;
  let session: InferenceSession;
  try {
    session = await createSession(detector.file, "cpu", threads);
  } catch (error) {
    throw badPack(pack.folder, `can’t run ${basename(detector.file)}: ${(error as Error).message.split("\n")[0]}`);
  }
  const detect = async (photo: Pixels) => {
    const { width, height, data } = photo;
    if (width % multiple !== 0 || height % multiple !== 0 || data.length !== width * height * 3) {
      throw new RangeError(
        `${width} × ${height} pixels with ${data.length} bytes; both sides must be multiples of ${multiple}, with 3 bytes per pixel`,
      );
    }
    const outputs = await outputsFor(session, pack, detector, photo);
    return detectionsOf(outputs, detector.classes.length, (reason) => badDetector(pack, detector, reason));
  };
  try {
    checkValues(session, pack, detector);
    await detect(grey(detectorSize(4, 3, { longSide, multiple })));
  } catch (error) {
    await session.release();
    throw error;
  }
  return { detect, dispose: () => session.release() };
}

const badDetector = (pack: Pack, { name }: PackDetector, reason: string): Refusal =>
  badPack(pack.folder, `detector ${name} ${reason}`);

/** A detector's raw outputs for one photo. */
export interface DetectorOutputs {
  boxes: Tensor;
  scores: Tensor;
  classes: Tensor;
}

async function outputsFor(
  session: InferenceSession,
  pack: Pack,
  detector: PackDetector,
  photo: Pixels,
): Promise<DetectorOutputs> {
  const { data, width, height } = photo;
  const { boxes, scores, classes } = detector.outputs;
  let found: InferenceSession.ReturnType;
  try {
    found = await session.run({ [detector.input]: new Tensor("uint8", data, [1, height, width, 3]) }, [
      boxes,
      scores,
      classes,
    ]);
  } catch (error) {
    throw badDetector(
      pack,
      detector,
      `fails on ${width} × ${height} pixels: ${(error as Error).message.split("\n")[0]}`,
    );
  }
  return { boxes: found[boxes] as Tensor, scores: found[scores] as Tensor, classes: found[classes] as Tensor };
}

/** Element types required by the contract. */
const TYPES = { boxes: "float32", scores: "float32", classes: "int64" } as const;
const OUTPUTS = ["boxes", "scores", "classes"] as const;

/**
 * @throws Refusal `bad-pack` when the network lacks the input and outputs named in the pack, or their types break the
 * contract
 */
function checkValues({ inputMetadata, outputMetadata }: InferenceSession, pack: Pack, detector: PackDetector): void {
  const input = inputMetadata.find(({ name }) => name === detector.input);
  if (!input)
    throw badDetector(
      pack,
      detector,
      `has no input ${detector.input}, only ${inputMetadata.map(({ name }) => name).join(", ")}`,
    );
  if (!input.isTensor || input.type !== "uint8" || input.shape.length !== 4)
    throw badDetector(pack, detector, `takes ${said(input)} as ${detector.input}, not uint8 [n, h, w, 3]`);
  const other = inputMetadata.find(({ name }) => name !== detector.input);
  if (other) throw badDetector(pack, detector, `needs another input, ${other.name}`);
  for (const output of OUTPUTS) {
    const name = detector.outputs[output];
    const found = outputMetadata.find((each) => each.name === name);
    if (!found)
      throw badDetector(
        pack,
        detector,
        `has no output ${name}, only ${outputMetadata.map((each) => each.name).join(", ")}`,
      );
    if (!found.isTensor || found.type !== TYPES[output]) {
      throw badDetector(pack, detector, `gives ${said(found)} as ${name}, not ${TYPES[output]}`);
    }
  }
}

function said(value: InferenceSession.ValueMetadata): string {
  return value.isTensor ? `${value.type} [${value.shape.join(", ")}]` : "not a tensor";
}

/**
 * Converts a detector's outputs and checks them against the contract. Exported for tests.
 * @param classCount number of classes in the pack
 * @param refuse turns a reason into the error to throw
 */
export function detectionsOf(
  outputs: DetectorOutputs,
  classCount: number,
  refuse: (reason: string) => Error,
): Detections {
  const { boxes, scores, classes } = outputs;
  const most = scores.dims[1] ?? 0;
  const shapes = [boxes, scores, classes].map(({ dims }) => `[${dims.join(", ")}]`);
  const fitting = [`[1, ${most}, 4]`, `[1, ${most}]`, `[1, ${most}]`];
  if (shapes.join() !== fitting.join()) {
    throw refuse(
      `gives boxes ${shapes[0]}, scores ${shapes[1]} and classes ${shapes[2]} instead of [1, k, 4], [1, k] and [1, k]`,
    );
  }
  if (most > MAX_BOXES) throw refuse(`gives ${most} boxes, more than the maximum of ${MAX_BOXES}`);
  const [corners, sure, of] = [boxes.data as Float32Array, scores.data as Float32Array, classes.data as BigInt64Array];
  const none = sure.findIndex((score) => score === 0);
  const k = none < 0 ? most : none;
  for (let i = 0; i < most; i++) {
    if (!(sure[i]! >= 0 && sure[i]! <= 1)) throw refuse(`gives box ${i} a score of ${sure[i]}`);
    if (i > 0 && sure[i]! > sure[i - 1]!) {
      throw refuse(`does not order boxes by score: box ${i} has a score of ${sure[i]} after ${sure[i - 1]}`);
    }
  }
  const found = { boxes: new Float32Array(4 * k), scores: sure.slice(0, k), classes: new Uint16Array(k) };
  for (let i = 0; i < k; i++) {
    if (of[i]! < 0 || of[i]! >= classCount)
      throw refuse(`gives box ${i} class ${of[i]}, but the pack names ${classCount} classes`);
    found.classes[i] = Number(of[i]);
    const box = corners.subarray(4 * i, 4 * i + 4);
    const stray = box.find((at) => !(at >= -OUTSIDE && at <= 1 + OUTSIDE));
    if (stray !== undefined) throw refuse(`puts a side of box ${i} at ${stray}, outside 0 to 1`);
    if (box[2]! < box[0]! || box[3]! < box[1]!)
      throw refuse(`gives box ${i} corners in the wrong order: ${box.join(", ")}`);
    found.boxes.set(
      box.map((at) => Math.min(1, Math.max(0, at))),
      4 * i,
    );
  }
  return found;
}

function grey({ width, height }: { width: number; height: number }): Pixels {
  return { data: new Uint8Array(width * height * 3).fill(128), width, height };
}
