import { closeSync, openSync, readFileSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Refusal, withFullStop } from "../../../src-shared/refusal";
import { requireFile } from "../../base/input-file";
import { type ClassifierForm, classifierForm } from "../../vision/adopt-classifier";
import { checkOnnx } from "../../vision/check-onnx";
import { type DetectorForm, detectorForm } from "../../vision/detector-form";
import { type ReadBeside, withWeightsInside } from "../../vision/onnx-weights-inside";
import { MAX_BYTES } from "../../vision/pack-files";

/** An exported network, and what it says of itself. */
export interface ReadNetwork {
  path: string;
  /** The file with all its weights inside. */
  bytes: Uint8Array;
  form: { kind: "classifier"; classifier: ClassifierForm } | { kind: "objects"; detector: DetectorForm };
}

/** Why a file can't become part of a pack. @param reason for the middle of a sentence */
export const badNetwork = (path: string, reason: string): Refusal =>
  new Refusal("bad-pack", `Can’t use ${path}: ${withFullStop(reason)}`);

/**
 * Reads an ONNX file from an untrusted source, with the weights that PyTorch's exporter puts beside it.
 * @throws Refusal `bad-pack` with the path and what is wrong
 */
export function readNetwork(path: string): ReadNetwork {
  const size = requireFile(path, "bad-pack");
  if (size > MAX_BYTES.network) throw badNetwork(path, `it has ${size} bytes; ONNX allows ${MAX_BYTES.network}`);
  try {
    const bytes = withWeightsInside(readFileSync(path), readBeside(path));
    checkOnnx(bytes);
    const detector = detectorForm(bytes);
    const form = detector
      ? { kind: "objects" as const, detector }
      : { kind: "classifier" as const, classifier: classifierForm(bytes) };
    return { path, bytes, form };
  } catch (error) {
    if (error instanceof Refusal || !(error instanceof Error)) throw error;
    // the reader of protobuf throws plain errors for what is no protobuf
    throw badNetwork(path, error instanceof RangeError ? error.message : `it is not an ONNX file (${error.message})`);
  }
}

/**
 * Reads weights from files beside a network. They must lie in its folder, links included.
 * @throws Refusal `bad-pack`, RangeError
 */
function readBeside(path: string): ReadBeside {
  let total = 0;
  return (name, offset, length) => {
    if (name === "" || name.startsWith(".") || /[/\\\0]/.test(name))
      throw badNetwork(path, `its weights are in ${JSON.stringify(name.slice(0, 200))}, which is not a file beside it`);
    const file = join(dirname(path), name);
    const size = requireFile(file, "bad-pack");
    if (dirname(realpathSync(file)) !== realpathSync(dirname(path)))
      throw badNetwork(path, `its weights ${basename(file)} are a link to another folder`);
    const bytes = length ?? size - offset;
    if (bytes < 0 || offset + bytes > size)
      throw badNetwork(path, `it needs ${bytes} bytes of ${file} from byte ${offset}, but that has only ${size}`);
    total += bytes;
    if (total > MAX_BYTES.network)
      throw badNetwork(
        path,
        `with its weights it has more than ${MAX_BYTES.network} bytes, which ONNX allows in a file`,
      );
    return readPart(file, offset, bytes);
  };
}

function readPart(file: string, offset: number, length: number): Uint8Array {
  const handle = openSync(file, "r");
  try {
    const part = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const read = readSync(handle, part, done, length - done, offset + done);
      if (read === 0) throw new RangeError(`${file} ended at byte ${offset + done} while it was read`);
      done += read;
    }
    return part;
  } finally {
    closeSync(handle);
  }
}
