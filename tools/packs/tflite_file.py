"""Reads a TFLite file: its operators and constants, including sparse ones."""

from dataclasses import dataclass

import numpy as np
import tflite

KINDS = {tflite.TensorType.FLOAT32: np.float32, tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.INT32: np.int32}
NAMES = {number: name for name, number in vars(tflite.BuiltinOperator).items() if isinstance(number, int)}


@dataclass
class Operator:
    kind: str
    inputs: list[int]
    """-1 for an omitted input"""
    output: int
    _table: tflite.Operator

    def options(self, kind: type):
        """The operator's options; TFLite has a class for each kind of operator."""
        read = kind()
        table = self._table.BuiltinOptions()
        read.Init(table.Bytes, table.Pos)
        return read


class TfliteFile:
    """A file's only graph. Tensors are numbered; images are [n, h, w, c]."""

    def __init__(self, contents: bytes):
        model = tflite.Model.GetRootAsModel(contents, 0)
        graph = model.Subgraphs(0)
        tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
        self.shapes = [[int(size) for size in tensor.ShapeAsNumpy()] if tensor.ShapeLength() else [] for tensor in tensors]
        self.stored: dict[int, np.ndarray] = {}
        for i, tensor in enumerate(tensors):
            buffer = model.Buffers(tensor.Buffer())
            if buffer.DataLength():
                values = np.frombuffer(buffer.DataAsNumpy().tobytes(), KINDS[tensor.Type()])
                sparsity = tensor.Sparsity()
                self.stored[i] = dense(sparsity, self.shapes[i], values) if sparsity else values.reshape(self.shapes[i])
        self.input = graph.Inputs(0)
        self.outputs = [graph.Outputs(i) for i in range(graph.OutputsLength())]
        self.operators = [operator(model, graph.Operators(i)) for i in range(graph.OperatorsLength())]


def operator(model: tflite.Model, table: tflite.Operator) -> Operator:
    code = model.OperatorCodes(table.OpcodeIndex())
    # Files from before the 128th operator have the code in the deprecated field only, later ones in both.
    return Operator(NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())], [int(i) for i in table.InputsAsNumpy()],
                    int(table.Outputs(0)), table)


def dense(sparsity: tflite.SparsityParameters, shape: list[int], values: np.ndarray) -> np.ndarray:
    """
    Unpacks a sparse tensor. Its dimensions are traversed in `TraversalOrder`; those from len(shape) on are positions within a block, and
    `BlockMap` gives the dimension that each of them divides.
    """
    order = [sparsity.TraversalOrder(i) for i in range(sparsity.TraversalOrderLength())]
    divided = [sparsity.BlockMap(i) for i in range(sparsity.BlockMapLength())]
    levels = [level_of(sparsity.DimMetadata(i)) for i in range(sparsity.DimMetadataLength())]

    # All entries at once, level by level: the index that each has on the levels so far, and the segment it continues
    # in.
    indices = np.zeros((1, 0), np.int64)
    segments = np.zeros(1, np.int64)
    for size, begins, columns in levels:
        if columns is None:
            counts = np.full(len(segments), size)
            index = np.tile(np.arange(size), len(segments))
            following = np.repeat(segments * size, size) + index
        else:
            counts = begins[segments + 1] - begins[segments]
            following = np.concatenate([np.arange(begins[s], begins[s + 1]) for s in segments] or [segments[:0]])
            index = columns[following]
        indices = np.column_stack([np.repeat(indices, counts, axis=0), index])
        segments = following
    if len(segments) != len(values) or len(np.unique(segments)) != len(values):
        raise SystemExit(f"a sparse tensor of shape {shape} has {len(values)} values for {len(segments)} positions")

    place = [np.zeros(len(segments), np.int64) for _ in shape]
    for level, dimension in enumerate(order):
        if dimension < len(shape):
            block = levels[order.index(len(shape) + divided.index(dimension))][0] if dimension in divided else 1
            place[dimension] += indices[:, level] * block
        else:
            place[divided[dimension - len(shape)]] += indices[:, level]
    whole = np.zeros(shape, values.dtype)
    whole[tuple(place)] = values[segments]
    return whole


def level_of(metadata: tflite.DimensionMetadata) -> tuple[int, np.ndarray | None, np.ndarray | None]:
    """(size, None, None) for a dense level; (0, begins, columns) for a sparse one, as in compressed sparse rows"""
    if metadata.Format() == tflite.DimensionType.DENSE:
        return metadata.DenseSize(), None, None
    return (0, vector(metadata.ArraySegmentsType(), metadata.ArraySegments()), vector(metadata.ArrayIndicesType(), metadata.ArrayIndices()))


def vector(kind: int, table) -> np.ndarray:
    read = {tflite.SparseIndexVector.Int32Vector: tflite.Int32Vector, tflite.SparseIndexVector.Uint16Vector: tflite.Uint16Vector,
            tflite.SparseIndexVector.Uint8Vector: tflite.Uint8Vector}[kind]()
    read.Init(table.Bytes, table.Pos)
    return read.ValuesAsNumpy().astype(np.int64)
