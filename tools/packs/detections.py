"""The parts that all detectors' graphs share: byte pixels as input; non-maximum suppression, highest scores first, as output."""

import numpy as np

from onnx_file import FLOAT, INT64, UINT8, Graph

MOST_BOXES = 100
LEAST_SCORE = 0.1

INPUT = ("pixels", UINT8, ["n", "h", "w", 3])
OUTPUTS = [("boxes", FLOAT, ["n", MOST_BOXES, 4]), ("scores", FLOAT, ["n", MOST_BOXES]), ("classes", INT64, ["n", MOST_BOXES])]


def suppress(graph: Graph, boxes: str, scores: str, iou: float, least: float = LEAST_SCORE) -> None:
    """
    Turns candidates into a detector's outputs: `boxes` [n, 100, 4], `scores` [n, 100] in descending order, and `classes` int64 [n, 100],
    padded with zeros.

    @param boxes float32 [n, m, 4]: x0, y0, x1, y1 in 0..1 of the image; clipped here
    @param scores float32 [n, classes, m] in 0..1; classes · m must be at least 100
    @param iou of two boxes of one class that overlap more than this, the one with the lower score is dropped
    @param least boxes with this score or less are dropped
    """
    clipped = graph.node("Clip", [boxes, graph.number(0), graph.number(1)], "clipped")
    most = graph.ints(MOST_BOXES)
    kept = graph.node("NonMaxSuppression", [clipped, scores, most, graph.number(iou), graph.number(least)], "kept")  # [k, 3]
    nothing = graph.node("ConstantOfShape", [graph.node("Shape", [scores], "scores_shape")], "nothing")
    masked = graph.node("ScatterND", [nothing, kept, graph.node("GatherND", [scores, kept], "kept_scores")], "masked_scores")

    # A box outside the image was clipped to a line: drop it too.
    near, far = (graph.node("Slice", [clipped, graph.ints(at), graph.ints(at + 2), graph.ints(2)], f"corners_{at}") for at in (0, 2))
    area = graph.node("ReduceProd", [graph.node("Sub", [far, near], "box_sides"), graph.ints(2)], "areas", keepdims=0)
    full = graph.node("Cast", [graph.node("Greater", [area, graph.number(0)], "is_box")], "is_box_01", to=FLOAT)
    sure = graph.node("Mul", [masked, graph.node("Unsqueeze", [full, graph.ints(1)], "is_box_of_class")], "box_scores")

    flat = graph.node("Reshape", [sure, graph.ints(0, -1)], "flat_scores")  # at class · m + candidate
    top, places = graph.split("TopK", [flat, most], ["scores", "places"], axis=1)
    candidates = graph.node("Shape", [boxes], "candidates", start=1, end=2)
    column = graph.node("Unsqueeze", [graph.node("Mod", [places, candidates], "candidate"), graph.ints(2)], "candidate_column")
    found = graph.node("GatherElements", [clipped, graph.node("Expand", [column, graph.ints(1, 1, 4)], "candidate_rows")], "found", axis=1)
    there = graph.node("Greater", [top, graph.number(0)], "there")
    graph.node("Where", [graph.node("Unsqueeze", [there, graph.ints(2)], "there_column"), found, graph.number(0)], "boxes")
    graph.node("Where", [there, graph.node("Div", [places, candidates], "class"), graph.store("no_class", np.int64(0))], "classes")
