"""Writes reproducible ONNX files, identical byte for byte, and compares two of them."""

import argparse
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
"""The first with antialiased Resize. ONNX Runtime supports it since 1.14."""
IR_VERSION = 8
FLOAT, UINT8, INT64 = TensorProto.FLOAT, TensorProto.UINT8, TensorProto.INT64


class Graph:
    """Nodes in the order they are added, each named after its output; constants in the order of first use."""

    def __init__(self, name: str, about: str):
        self.name, self.about = name, about
        self.nodes: list[onnx.NodeProto] = []
        self.stored: dict[str, onnx.TensorProto] = {}

    def node(self, op: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def split(self, op: str, inputs: list[str], outputs: list[str], **attributes) -> list[str]:
        """A node with several outputs."""
        self.nodes.append(helper.make_node(op, inputs, outputs, name=outputs[0], **attributes))
        return outputs

    def store(self, name: str, values) -> str:
        """Stores a constant once by name; a different one under the same name is an error."""
        tensor = numpy_helper.from_array(np.ascontiguousarray(values).reshape(np.shape(values)), name)
        if self.stored.setdefault(name, tensor) != tensor:
            raise ValueError(f"{name} is already stored with other values")
        return name

    def ints(self, *values: int) -> str:
        """int64 `[len(values)]`, named after its values."""
        return self.store("int" + "".join(f"_{v}" for v in values), np.array(values, np.int64))

    def int(self, value: int) -> str:
        """int64, a scalar."""
        return self.store(f"int{value}", np.int64(value))

    def number(self, value: float) -> str:
        """float32, a scalar."""
        return self.store(f"float{value:g}", np.float32(value))

    def half(self, name: str, values: np.ndarray) -> str:
        """Stores weights as float16 behind a Cast to float32: half the size, and ONNX Runtime folds the Cast when it loads."""
        if name + "/half" not in self.stored:
            with np.errstate(over="raise"):
                self.store(name + "/half", values.astype(np.float16))
            self.node("Cast", [name + "/half"], name, to=FLOAT)
        return name

    def model(self, inputs: list[tuple], outputs: list[tuple]) -> onnx.ModelProto:
        """@param inputs, outputs (name, element type, dims) each; a dim is a number or a name"""
        graph = helper.make_graph(
            self.nodes, self.name, [helper.make_tensor_value_info(*value) for value in inputs],
            [helper.make_tensor_value_info(*value) for value in outputs], list(self.stored.values()))
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="semblance/tools/packs")
        model.doc_string = self.about
        onnx.checker.check_model(model, full_check=True)
        return model


def main(rebuild: Callable[[Path], onnx.ModelProto], about: str) -> None:
    """A recipe's command line: writes the file, or compares a file with what the recipe makes."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("out", nargs="?", type=Path, metavar="OUT.onnx", help="file to write")
    what.add_argument("--check", type=Path, metavar="FILE.onnx",
                      help="compare this file with a rebuilt one and write nothing; exit 1 if they differ")
    parser.add_argument("--sources", type=Path, metavar="FOLDER", default=Path(__file__).parent / ".sources",
                        help="where downloaded packages are kept (default: %(default)s)")
    asked = parser.parse_args()
    rebuilt = rebuild(asked.sources).SerializeToString(deterministic=True)
    if asked.out:
        asked.out.write_bytes(rebuilt)
        print(f"{asked.out}: {len(rebuilt):,} bytes, SHA-256 {hashlib.sha256(rebuilt).hexdigest()}")
        return
    there = asked.check.read_bytes()
    if there == rebuilt:
        print(f"{asked.check}: identical to the rebuilt file ({len(there):,} bytes, SHA-256 {hashlib.sha256(there).hexdigest()})")
        return
    print(f"{asked.check} differs from the rebuilt file:")
    for line in differences(onnx.load_from_string(there), onnx.load_from_string(rebuilt)):
        print("  " + line)
    sys.exit(1)


def differences(there: onnx.ModelProto, rebuilt: onnx.ModelProto) -> list[str]:
    """Differences between two models, one line each: tensors (how many numbers differ, and by how much), then nodes, then the rest."""
    lines = tensor_differences(*({tensor.name: tensor for tensor in model.graph.initializer} for model in (there, rebuilt)))
    nodes, others = there.graph.node, rebuilt.graph.node
    if len(nodes) != len(others):
        lines.append(f"{len(nodes)} nodes, rebuilt {len(others)}")
    changed = [i for i in range(min(len(nodes), len(others))) if nodes[i] != others[i]]
    lines += [f"node {i}: {said(nodes[i])}; rebuilt {said(others[i])}" for i in changed[:10]]
    if len(changed) > 10:
        lines.append(f"and {len(changed) - 10} more nodes")
    for field in ("input", "output", "name", "value_info", "doc_string"):
        if getattr(there.graph, field) != getattr(rebuilt.graph, field):
            lines.append(f"the graph's {field}")
    for field in ("ir_version", "opset_import", "producer_name", "producer_version", "doc_string", "metadata_props"):
        if getattr(there, field) != getattr(rebuilt, field):
            lines.append(f"{field}: {str(getattr(there, field))!r}; rebuilt {str(getattr(rebuilt, field))!r}")
    return lines or ["the same model, written in other bytes"]


def tensor_differences(there: dict[str, onnx.TensorProto], rebuilt: dict[str, onnx.TensorProto]) -> list[str]:
    lines = [f"tensor {name} is not rebuilt" for name in there.keys() - rebuilt.keys()]
    lines += [f"tensor {name} is missing" for name in rebuilt.keys() - there.keys()]
    lines.sort()
    for name in (name for name in there if name in rebuilt):
        one, other = numpy_helper.to_array(there[name]), numpy_helper.to_array(rebuilt[name])
        if one.dtype != other.dtype or one.shape != other.shape:
            lines.append(f"tensor {name}: {one.dtype} {list(one.shape)}, rebuilt {other.dtype} {list(other.shape)}")
        elif one.tobytes() != other.tobytes():
            apart = np.abs(one.astype(np.float64) - other.astype(np.float64))
            lines.append(f"tensor {name}: {np.count_nonzero(one != other)} of {one.size} numbers, by {apart.max():.3g} at most")
    if list(there) != list(rebuilt) and there.keys() == rebuilt.keys():
        lines.append("the tensors lie in another order")
    return lines


def said(node: onnx.NodeProto) -> str:
    return f"{node.op_type} {node.name} ({', '.join(node.input)}) → {', '.join(node.output)}"
