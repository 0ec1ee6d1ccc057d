"""BlazeFace, full range, as faces.onnx: an image → boxes, scores, classes.

Weights: PyPI mediapipe 0.10.14 (Apache-2.0), modules/face_detection/face_detection_full_range_sparse.tflite, float16, kept sparse.

  pixels   uint8 [n, h, w, 3], RGB, of any size
  boxes    float32 [n, 100, 4], x0, y0, x1, y1 in 0..1 of the image
  scores   float32 [n, 100], descending, at least 0.3; 0 = no box
  classes  int64 [n, 100], all 0: face

The graph scales the image to a long side of 192, keeping its aspect ratio, with antialiasing, and centres it in a black square
(letterbox). For every 4×4 pixels the network predicts the probability that a face is centred there, and its box.
"""

from pathlib import Path

import numpy as np
import onnx
import tflite

from detections import INPUT, OUTPUTS, suppress
from onnx_file import FLOAT, INT64, Graph, main
from sources import from_pypi
from tflite_file import Operator, TfliteFile

MODEL = "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite"
MODEL_SHA256 = "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
SIZE = 192
CELLS = 48
IOU = 0.3
LEAST_SCORE = 0.3


def rebuild(sources: Path) -> onnx.ModelProto:
    graph = Graph("blazeface-full-range", "BlazeFace, full range; PyPI mediapipe 0.10.14 (Apache-2.0)")
    letterbox(graph)
    regressors, logits = network(graph, sources, "square")
    decode(graph, regressors, logits)
    suppress(graph, "candidate_boxes", "candidate_scores", IOU, LEAST_SCORE)
    return graph.model([INPUT], OUTPUTS)


def letterbox(graph: Graph) -> None:
    """
    Scales and pads `pixels` to `square` [n, 3, 192, 192] in -1..1. `inner_f` float32 [2] is the height and width of the image in it, `before`
    int64 [2] the border above and to the left.
    """
    sides = graph.node("Shape", ["pixels"], "picture_sides", start=1, end=3)
    sides_f = graph.node("Cast", [sides], "sides_f", to=FLOAT)
    longest = graph.node("ReduceMax", [sides_f], "longest", keepdims=1)
    scaled = graph.node("Div", [graph.node("Mul", [sides_f, graph.number(SIZE)], "sides_by_192"), longest], "scaled")
    rounded = graph.node("Max", [graph.node("Round", [scaled], "rounded"), graph.number(1)], "inner_f")
    inner = graph.node("Cast", [rounded], "inner", to=INT64)
    turned = graph.node("Transpose", ["pixels"], "pixels_nchw", perm=[0, 3, 1, 2])
    outer = graph.node("Shape", [turned], "outer", start=0, end=2)
    shape = graph.node("Concat", [outer, inner], "small_shape", axis=0)
    small = graph.node("Resize", [turned, "", "", shape], "small", mode="linear", antialias=1)
    doubled = graph.node("Div", [graph.node("Cast", [small], "small_f", to=FLOAT), graph.number(127.5)], "small_0_2")
    unit = graph.node("Sub", [doubled, graph.number(1)], "small_1_1")
    border = graph.node("Sub", [graph.ints(SIZE), inner], "border")
    before = graph.node("Div", [border, graph.ints(2)], "before")
    after = graph.node("Sub", [border, before], "after")
    pads = graph.node("Concat", [graph.ints(0, 0), before, graph.ints(0, 0), after], "border_pads", axis=0)
    graph.node("Pad", [unit, pads, graph.number(-1)], "square")


def decode(graph: Graph, regressors: str, logits: str) -> None:
    """Decodes [n, 2304, 16] and [n, 2304, 1] to `candidate_boxes` [n, 2304, 4] in 0..1 of the image, and `candidate_scores` [n, 1, 2304]."""
    centres = (np.arange(CELLS, dtype=np.float32) + np.float32(0.5)) * np.float32(SIZE / CELLS)
    anchors = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(1, CELLS * CELLS, 2)  # x, y, row by row
    xy = graph.node("Slice", [regressors, graph.ints(0), graph.ints(2), graph.ints(2)], "offset")
    wh = graph.node("Slice", [regressors, graph.ints(2), graph.ints(4), graph.ints(2)], "box_size")
    centre = graph.node("Add", [xy, graph.store("anchors", anchors)], "centre")
    half = graph.node("Mul", [wh, graph.number(0.5)], "half_size")
    corners = [graph.node("Sub", [centre, half], "from"), graph.node("Add", [centre, half], "to")]
    in_square = graph.node("Concat", corners, "boxes_in_square", axis=2)

    # Removes the border. Heights and widths are y, x; boxes are x, y, x, y.
    order = graph.ints(1, 0, 1, 0)
    left = graph.node("Cast", [graph.node("Gather", ["before", order], "before_xyxy")], "before_xyxy_f", to=FLOAT)
    size = graph.node("Gather", ["inner_f", order], "inner_xyxy")
    graph.node("Div", [graph.node("Sub", [in_square, left], "boxes_in_picture"), size], "candidate_boxes")
    graph.node("Transpose", [graph.node("Sigmoid", [logits], "face_scores")], "candidate_scores", perm=[0, 2, 1])


def network(graph: Graph, sources: Path, pixels: str) -> tuple[str, str]:
    """@param pixels float32 [n, 3, 192, 192] in -1..1 @returns names of the regressors [n, 2304, 16] and the logits [n, 2304, 1]"""
    contents = from_pypi("mediapipe", "0.10.14", "3.11", "manylinux_2_17_x86_64", {MODEL: MODEL_SHA256}, sources)[MODEL]
    layers = Layers(graph, TfliteFile(contents), pixels)
    for operator in layers.file.operators:
        layers.make(operator)
    return tuple(layers.values[output] for output in layers.file.outputs)


class Layers:
    """Converts TFLite's operators to ONNX nodes, and images from [n, h, w, c] to [n, c, h, w]."""

    def __init__(self, graph: Graph, file: TfliteFile, pixels: str):
        self.graph, self.file = graph, file
        self.values = {file.input: pixels}

    def make(self, operator: Operator) -> None:
        make = getattr(self, operator.kind.lower(), None)
        if make is None:
            raise SystemExit(f"operator {operator.kind} is not supported")
        make(operator, f"t{operator.output}")

    def dequantize(self, operator: Operator, _name: str) -> None:
        """float16 → float32: weights stay float16 until a layer uses them."""
        self.file.stored[operator.output] = self.file.stored[operator.inputs[0]]

    densify = dequantize

    def conv_2d(self, operator: Operator, name: str) -> None:
        kernel = self.file.stored[operator.inputs[1]].transpose(0, 3, 1, 2)  # [out, kh, kw, in]
        self.convolution(operator, name, operator.options(tflite.Conv2DOptions), kernel, 1)

    def depthwise_conv_2d(self, operator: Operator, name: str) -> None:
        kernel = self.file.stored[operator.inputs[1]].transpose(3, 0, 1, 2)  # [1, kh, kw, out]
        self.convolution(operator, name, operator.options(tflite.DepthwiseConv2DOptions), kernel, self.shape(operator.inputs[0])[3])

    def convolution(self, operator: Operator, name: str, options, kernel: np.ndarray, groups: int) -> None:
        """@param kernel [out, in / groups, kh, kw]"""
        strides, dilations = [options.StrideH(), options.StrideW()], [options.DilationHFactor(), options.DilationWFactor()]
        valid = options.Padding() == tflite.Padding.VALID
        pads = [0] * 4 if valid else self.same_padding(operator.inputs[0], kernel.shape[2:], strides, dilations)
        inputs = [self.values[operator.inputs[0]], self.graph.half(f"{name}/weight", kernel),
                  self.graph.half(f"{name}/bias", self.file.stored[operator.inputs[2]])]
        attributes = dict(kernel_shape=list(kernel.shape[2:]), strides=strides, dilations=dilations, group=groups, pads=pads)
        self.activated(operator, name, options, "Conv", inputs, attributes)

    def add(self, operator: Operator, name: str) -> None:
        if self.shape(operator.inputs[0]) != self.shape(operator.inputs[1]):
            raise SystemExit(f"{name} adds values of different shapes")
        self.activated(operator, name, operator.options(tflite.AddOptions), "Add", [self.values[each] for each in operator.inputs], {})

    def activated(self, operator: Operator, name: str, options, op: str, inputs: list[str], attributes: dict) -> None:
        kinds = tflite.ActivationFunctionType
        kind = options.FusedActivationFunction()
        if kind not in (kinds.NONE, kinds.RELU):
            raise SystemExit(f"activation {kind} of {name} is not supported")
        made = self.graph.node(op, inputs, name if kind == kinds.NONE else f"{name}/{op.lower()}", **attributes)
        self.values[operator.output] = made if kind == kinds.NONE else self.graph.node("Relu", [made], name)

    def pad(self, operator: Operator, name: str) -> None:
        pads = self.file.stored[operator.inputs[1]][[0, 3, 1, 2]]  # [4, 2]: before and after each of n, h, w, c
        inputs = [self.values[operator.inputs[0]], self.graph.ints(*pads.T.reshape(-1).tolist())]
        self.values[operator.output] = self.graph.node("Pad", inputs, name)

    def reshape(self, operator: Operator, name: str) -> None:
        turned = self.graph.node("Transpose", [self.values[operator.inputs[0]]], f"{name}/turned", perm=[0, 2, 3, 1])
        self.values[operator.output] = self.graph.node("Reshape", [turned, self.graph.ints(0, *self.shape(operator.output)[1:])], name)

    def resize_bilinear(self, operator: Operator, name: str) -> None:
        options = operator.options(tflite.ResizeBilinearOptions)
        if options.AlignCorners():
            raise SystemExit(f"{name} aligns corners, which is not supported")
        (height, width), (higher, wider) = self.shape(operator.inputs[0])[1:3], self.shape(operator.output)[1:3]
        scale = self.graph.store(f"{name}/scale", np.array([1, 1, higher / height, wider / width], np.float32))
        self.values[operator.output] = self.graph.node(
            "Resize", [self.values[operator.inputs[0]], "", scale], name, mode="linear",
            coordinate_transformation_mode="half_pixel" if options.HalfPixelCenters() else "asymmetric")

    def depth_to_space(self, operator: Operator, name: str) -> None:
        size = operator.options(tflite.DepthToSpaceOptions).BlockSize()
        self.values[operator.output] = self.graph.node("DepthToSpace", [self.values[operator.inputs[0]]], name, blocksize=size, mode="DCR")

    def shape(self, tensor: int) -> list[int]:
        """In TFLite's layout: [n, h, w, c]"""
        return self.file.shapes[tensor]

    def same_padding(self, tensor: int, kernel, strides: list[int], dilations: list[int]) -> list[int]:
        """@returns top, left, bottom, right"""
        total = [max((-(-size // stride) - 1) * stride + (wide - 1) * dilation + 1 - size, 0)
                 for size, wide, stride, dilation in zip(self.shape(tensor)[1:3], kernel, strides, dilations)]
        return [each // 2 for each in total] + [each - each // 2 for each in total]


if __name__ == "__main__":
    main(rebuild, __doc__)
