"""MB3-CenterNet (COCO's 80 classes) as objects.onnx: an image → boxes, scores, classes.

Weights: npm @vladmandic/human 3.3.6 (MIT), models/centernet, a TensorFlow.js graph model with float16 weights. It was trained
by github.com/610265158/mobilenetv3_centernet, which has no licence file.

  pixels   uint8 [n, h, w, 3], RGB; h and w are multiples of 32
  boxes    float32 [n, 100, 4], x0, y0, x1, y1 in 0..1 of the image
  scores   float32 [n, 100], descending, at least 0.1; 0 = no box
  classes  int64 [n, 100], in the order of COCO's 80

For every 4×4 pixels the network predicts the probability that an object of each class is centred there, and the distances to its four
sides. The 100 highest peaks become boxes; of two of one class that overlap by more than half, the one with the lower score is dropped.
"""

import base64
import json
from pathlib import Path

import numpy as np
import onnx

from detections import INPUT, MOST_BOXES, OUTPUTS, suppress
from onnx_file import FLOAT, Graph, main
from sources import from_npm

MEMBERS = {
    "models/centernet.json": "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
    "models/centernet.bin": "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
}
HEAT, SIDES = "tower_0/keypoints", "tower_0/wh"
CLASSES = 80
STRIDE = 4
IOU = 0.5


def rebuild(sources: Path) -> onnx.ModelProto:
    graph = Graph("mb3-centernet", "MB3-CenterNet, COCO; npm @vladmandic/human 3.3.6 (MIT), models/centernet")
    heat, sides = network(graph, sources)
    peaks(graph, heat, sides)
    suppress(graph, "candidate_boxes", "candidate_scores", IOU)
    return graph.model([INPUT], OUTPUTS)


def network(graph: Graph, sources: Path) -> tuple[str, str]:
    """@returns names of the heat map [n, 80, h/4, w/4], 0..1, and of the distances to left, top, right and bottom [n, 4, h/4, w/4], in pixels"""
    packed = from_npm("@vladmandic/human", "3.3.6", MEMBERS, sources)
    described = json.loads(packed["models/centernet.json"])
    layers = Layers(graph, described["modelTopology"]["node"], weights(described["weightsManifest"], packed["models/centernet.bin"]))
    return layers.value(HEAT), layers.value(SIDES)


def weights(manifest: list[dict], contents: bytes) -> dict[str, np.ndarray]:
    found, at = {}, 0
    for entry in (entry for group in manifest for entry in group["weights"]):
        kind = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        found[entry["name"]] = np.frombuffer(contents, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
    if at != len(contents):
        raise SystemExit(f"the weights have {len(contents)} bytes, but the manifest says {at}")
    return found


class Layers:
    """Converts TensorFlow's nodes, with images as [n, h, w, c], to ONNX nodes with [n, c, h, w], each on first use."""

    def __init__(self, graph: Graph, nodes: list[dict], stored: dict[str, np.ndarray]):
        self.graph, self.stored = graph, stored
        self.nodes = {node["name"]: node for node in nodes}
        self.made: dict[str, str] = {}

    def value(self, name: str) -> str:
        if name not in self.made:
            node = self.nodes[name]
            make = getattr(self, node["op"].lstrip("_").lower(), None)
            if make is None:
                raise SystemExit(f"operator {node['op']} of {name} is not supported")
            self.made[name] = make(node, short(name))
        return self.made[name]

    def inputs(self, node: dict) -> list[str]:
        return [self.graph.store(short(name), self.stored[name].astype(np.float32)) if name in self.stored else self.value(name)
                for name in node["input"]]

    def placeholder(self, _node: dict, _name: str) -> str:
        turned = self.graph.node("Transpose", ["pixels"], "pixels_nchw", perm=[0, 3, 1, 2])
        return self.graph.node("Cast", [turned], "image", to=FLOAT)

    def fusedconv2d(self, node: dict, name: str) -> str:
        kernel = self.stored[node["input"][1]]  # [kh, kw, in, out]
        return self.convolution(node, name, kernel.transpose(3, 2, 0, 1), 1)

    conv2d = fusedconv2d

    def fuseddepthwiseconv2dnative(self, node: dict, name: str) -> str:
        kernel = self.stored[node["input"][1]]  # [kh, kw, channels, 1]
        return self.convolution(node, name, kernel.transpose(2, 3, 0, 1), kernel.shape[2])

    depthwiseconv2dnative = fuseddepthwiseconv2dnative

    def convolution(self, node: dict, name: str, kernel: np.ndarray, groups: int) -> str:
        """@param kernel [out, in / groups, kh, kw]"""
        attributes = node["attr"]
        fused = [text(each) for each in attributes.get("fused_ops", {}).get("list", {}).get("s", [])]
        if list_of(attributes.get("dilations"), [1] * 4) != [1] * 4:
            raise SystemExit(f"{name} has dilations")
        strides = list_of(attributes["strides"])[1:3]
        pads = same_padding(kernel.shape[2:], strides) if text(attributes["padding"]["s"]) == "SAME" else [0] * 4
        inputs = [self.value(node["input"][0]), self.graph.half(short(node["input"][1]), kernel)]
        if fused[:1] == ["BiasAdd"]:
            inputs.append(self.graph.half(short(node["input"][2]), self.stored[node["input"][2]]))
        activation = fused[1:] if fused[:1] == ["BiasAdd"] else fused
        window = dict(kernel_shape=list(kernel.shape[2:]), strides=strides, group=groups, pads=pads)
        if activation == []:
            return self.graph.node("Conv", inputs, name, **window)
        return self.activated(activation, self.graph.node("Conv", inputs, f"{name}/conv", **window), name)

    def activated(self, activation: list[str], made: str, name: str) -> str:
        if activation == ["Relu"]:
            return self.graph.node("Relu", [made], name)
        if activation == ["Relu6"]:
            return self.graph.node("Clip", [made, self.graph.number(0), self.graph.number(6)], name)
        raise SystemExit(f"activation {activation} of {name} is not supported")

    def relu6(self, node: dict, name: str) -> str:
        return self.activated(["Relu6"], *self.inputs(node), name)

    def relu(self, node: dict, name: str) -> str:
        return self.graph.node("Relu", self.inputs(node), name)

    def sigmoid(self, node: dict, name: str) -> str:
        return self.graph.node("Sigmoid", self.inputs(node), name)

    def identity(self, node: dict, _name: str) -> str:
        return self.value(node["input"][0])

    def add(self, node: dict, name: str) -> str:
        return self.graph.node("Add", self.inputs(node), name)

    def mul(self, node: dict, name: str) -> str:
        return self.graph.node("Mul", self.inputs(node), name)

    def mean(self, node: dict, name: str) -> str:
        if self.stored[node["input"][1]].tolist() != [1, 2] or not node["attr"]["keep_dims"]["b"]:
            raise SystemExit(f"{name} is not a mean over height and width")
        return self.graph.node("GlobalAveragePool", [self.value(node["input"][0])], name)

    def concatv2(self, node: dict, name: str) -> str:
        if int(self.stored[node["input"][-1]]) not in (3, -1):
            raise SystemExit(f"{name} does not concatenate channels")
        return self.graph.node("Concat", [self.value(each) for each in node["input"][:-1]], name, axis=1)

    def resizebilinear(self, node: dict, name: str) -> str:
        if node["attr"]["align_corners"]["b"] or node["attr"]["half_pixel_centers"]["b"]:
            raise SystemExit(f"{name} uses an unsupported kind of resizing")
        scale = self.graph.store("twice", np.array([1, 1, 2, 2], np.float32))
        return self.graph.node(
            "Resize", [self.value(node["input"][0]), "", scale], name, mode="linear", coordinate_transformation_mode="asymmetric")


def short(name: str) -> str:
    for long, brief in (("tower_0/", ""), ("MobilenetV3/", ""), ("CenternetHead/", "head/"), ("expanded_conv", "block")):
        name = name.replace(long, brief)
    return name


def text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def list_of(attribute: dict | None, otherwise: list[int] | None = None) -> list[int] | None:
    return [int(each) for each in attribute["list"]["i"]] if attribute else otherwise


def same_padding(kernel: tuple[int, int], strides: list[int]) -> list[int]:
    """TensorFlow's SAME padding for sides divisible by the stride. @returns top, left, bottom, right"""
    total = [max(size - stride, 0) for size, stride in zip(kernel, strides)]
    return [each // 2 for each in total] + [each - each // 2 for each in total]


def peaks(graph: Graph, heat: str, sides: str) -> None:
    """
    The 100 highest peaks of the heat map as `candidate_boxes` [n, 100, 4] and `candidate_scores` [n, 80, 100], where each candidate has the
    score of its own class, and 0 for all others.
    """
    i64 = graph.ints
    around = graph.node("MaxPool", [heat], "around", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    alone = graph.node("Where", [graph.node("Equal", [heat, around], "is_peak"), heat, graph.number(0)], "peaks")
    flat = graph.node("Reshape", [alone, i64(0, -1)], "flat_peaks")
    best, at = graph.split("TopK", [flat, i64(MOST_BOXES)], ["peak_scores", "peak_at"], axis=1)
    height, width = (graph.node("Shape", [sides], f"map_{side}", start=axis, end=axis + 1) for side, axis in (("height", 2), ("width", 3)))
    cells = graph.node("Mul", [height, width], "cells")
    cell = graph.node("Mod", [at, cells], "cell")

    # Left, top, right, bottom of each peak: [n, 4, 100]
    flat_sides = graph.node("Reshape", [sides, i64(0, 4, -1)], "flat_sides")
    rows = graph.node("Expand", [graph.node("Unsqueeze", [cell, i64(1)], "cell_row"), i64(1, 4, 1)], "cell_rows")
    ways = graph.node("GatherElements", [flat_sides, rows], "ways", axis=2)
    before, after = (graph.node("Slice", [ways, i64(begin), i64(begin + 2), i64(1)], f"ways_{begin}") for begin in (0, 2))
    x, y = graph.node("Mod", [cell, width], "column"), graph.node("Div", [cell, width], "row")
    xy = graph.node("Concat", [graph.node("Unsqueeze", [each, i64(1)], f"{each}_of_1") for each in (x, y)], "place", axis=1)
    stride = graph.store("stride", np.float32(STRIDE))
    centre = graph.node("Mul", [graph.node("Cast", [xy], "place_f", to=FLOAT), stride], "centre")
    corners = [graph.node("Sub", [centre, before], "from"), graph.node("Add", [centre, after], "to")]
    in_pixels = graph.node("Transpose", [graph.node("Concat", corners, "corners", axis=1)], "boxes_in_pixels", perm=[0, 2, 1])
    map_size = graph.node("Concat", [width, height, width, height], "map_size", axis=0)
    size = graph.node("Mul", [graph.node("Cast", [map_size], "map_size_f", to=FLOAT), stride], "size")
    graph.node("Div", [in_pixels, size], "candidate_boxes")

    its = graph.node("Unsqueeze", [graph.node("Div", [at, cells], "peak_class"), i64(1)], "peak_class_row")
    every = graph.store("every_class", np.arange(CLASSES).reshape(1, CLASSES, 1))
    row = graph.node("Unsqueeze", [best, i64(1)], "peak_score_row")
    graph.node("Where", [graph.node("Equal", [its, every], "is_class"), row, graph.number(0)], "candidate_scores")


if __name__ == "__main__":
    main(rebuild, __doc__)
