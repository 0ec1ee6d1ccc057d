import type { DetectorInput } from "../base/preprocess";
import { ints, number, planesOf, resized, sidesOf } from "./compose-detector-input";
import { composeGraph } from "./onnx-compose";
import { extendedGraph, modelFile } from "./onnx-extend";
import { TYPE } from "./onnx-messages";
import type { PackDetector } from "./pack-detectors";

/**
 * A detector that takes larger photos than it was made for, and scales them down to what it was made for: as
 * `detectorSize` does, but from what another detector of the pack needs.
 * @param before the input that it was made for
 * @throws RangeError when its operator set is too old
 */
export function reducedInput(
  network: Uint8Array,
  { input, outputs }: Pick<PackDetector, "input" | "outputs">,
  { longSide, multiple }: DetectorInput,
): { network: Uint8Array; input: string } {
  const g = composeGraph("semblance/reduced");
  const name = `${input}/larger`;
  const planes = planesOf(g, name);
  const sides = g.node("Cast", [sidesOf(g, planes)], { to: TYPE.float });
  const [height, width] = [0, 1].map((i) => g.node("Gather", [sides, ints(g, i)], { axis: 0 }));
  const longer = g.node("Max", [height!, width!]);
  const scale = g.node("Div", [number(g, longSide / multiple), longer]);
  const steps = g.node("Max", [
    g.node("Floor", [g.node("Add", [g.node("Mul", [sides, scale]), number(g, 0.5)])]),
    number(g, 1),
  ]);
  const size = g.node("Cast", [g.node("Mul", [steps, number(g, multiple)])], { to: TYPE.int64 });
  const bytes = g.node("Cast", [g.node("Round", [resized(g, planes, size)])], { to: TYPE.uint8 });
  g.call(g.node("Transpose", [bytes], { perm: [0, 2, 3, 1] }), input);
  const extended = extendedGraph(network, {
    before: g,
    after: composeGraph("semblance/after"),
    inputs: [{ name, type: TYPE.uint8, dims: [1, "h", "w", 3] }],
    outputs: [
      { name: outputs.boxes, type: TYPE.float, dims: [1, "k", 4] },
      { name: outputs.scores, type: TYPE.float, dims: [1, "k"] },
      { name: outputs.classes, type: TYPE.int64, dims: [1, "k"] },
    ],
  });
  return { network: modelFile(network, extended, {}), input: name };
}
