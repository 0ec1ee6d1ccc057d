"""Compares the detectors' graphs with plain NumPy decoding of the same networks, photo by photo.

    python verify.py objects objects.onnx PHOTOS
    python verify.py faces faces.onnx PHOTOS

The reference runs the bare network and implements the rest by hand: resizing and letterboxing with Pillow, peaks, boxes and non-maximum
suppression in loops. Prints how many boxes agree at each score (same class, overlap above 0.9) and their differences. Exit code 1 if
objects differ, or fewer than 95% of faces agree (Pillow and ONNX Runtime round resized images differently).
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto
from PIL import Image, ImageOps

import faces
import objects
from onnx_file import FLOAT, Graph

LONG_SIDE, MULTIPLE = 384, 32
SCORES = {"objects": (0.1, 0.3, 0.5), "faces": (0.3, 0.6)}
LEAST_AGREEING = {"objects": 1.0, "faces": 0.95}


def detector_pixels(photo: Image.Image) -> Image.Image:
    """Resizes like the program: long side 384, aspect ratio kept, both sides multiples of 32."""
    scale = LONG_SIDE / max(photo.size)
    return photo.resize(tuple(max(1, round(side * scale / MULTIPLE)) * MULTIPLE for side in photo.size), Image.BILINEAR)


def session(model) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class PlainObjects:
    def __init__(self, sources: Path):
        graph = Graph("bare", "")
        heat, sides = objects.network(graph, sources)
        bare = graph.model([objects.INPUT], [(heat, FLOAT, ["n", 80, "a", "b"]), (sides, FLOAT, ["n", 4, "a", "b"])])
        self.names = [heat, sides]
        self.session = session(bare.SerializeToString())

    def detect(self, picture: Image.Image) -> list[tuple]:
        """@returns (score, class, x0, y0, x1, y1) each, highest scores first"""
        heat, sides = (value[0] for value in self.session.run(self.names, {"pixels": np.asarray(picture)[None]}))
        padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
        around = np.max([padded[:, y:y + heat.shape[1], x:x + heat.shape[2]] for y in range(3) for x in range(3)], axis=0)
        peaks = np.where(heat == around, heat, 0).reshape(-1)
        found = []
        for at in np.argsort(-peaks, kind="stable")[:100]:
            kind, y, x = np.unravel_index(at, heat.shape)
            left, top, right, bottom = sides[:, y, x]
            box = np.array([4 * x - left, 4 * y - top, 4 * x + right, 4 * y + bottom]) / (picture.size * 2)
            found.append((float(peaks[at]), int(kind), *np.clip(box, 0, 1)))
        return without_overlaps([each for each in found if each[0] > 0.1], 0.5)


class PlainFaces:
    def __init__(self, sources: Path):
        graph = Graph("bare", "")
        self.names = list(faces.network(graph, sources, "square"))
        bare = graph.model([("square", TensorProto.FLOAT, ["n", 3, 192, 192])],
                           [(name, FLOAT, ["n", 2304, size]) for name, size in zip(self.names, (16, 1))])
        self.session = session(bare.SerializeToString())

    def detect(self, picture: Image.Image) -> list[tuple]:
        scale = 192 / max(picture.size)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        left, top = (192 - width) // 2, (192 - height) // 2
        square = np.full((192, 192, 3), -1, np.float32)
        square[top:top + height, left:left + width] = np.asarray(picture.resize((width, height), Image.BILINEAR), np.float32) / 127.5 - 1
        regressors, logits = (value[0] for value in self.session.run(self.names, {"square": square.transpose(2, 0, 1)[None]}))
        found = []
        for i in range(2304):
            score = 1 / (1 + np.exp(-float(logits[i, 0])))
            x, y, w, h = regressors[i, :4] + [4 * (i % 48) + 2, 4 * (i // 48) + 2, 0, 0]
            box = (np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2]) - [left, top, left, top]) / [width, height, width, height]
            if score > 0.3:
                found.append((score, 0, *np.clip(box, 0, 1)))
        return without_overlaps(sorted(found, key=lambda each: -each[0]), 0.3)


def overlap(one: tuple, other: tuple) -> float:
    """Intersection over union of two boxes whose coordinates start at index 2."""
    def area(x0, y0, x1, y1): return max(0.0, x1 - x0) * max(0.0, y1 - y0)
    (a0, b0, a1, b1), (c0, d0, c1, d1) = one[2:], other[2:]
    both = area(max(a0, c0), max(b0, d0), min(a1, c1), min(b1, d1))
    return both / max(area(*one[2:]) + area(*other[2:]) - both, 1e-12)


def without_overlaps(found: list[tuple], iou: float) -> list[tuple]:
    kept = []
    for each in found:
        if each[4] > each[2] and each[5] > each[3] and all(each[1] != other[1] or overlap(each, other) <= iou for other in kept):
            kept.append(each)
    return kept


def graph_boxes(detector: onnxruntime.InferenceSession, picture: Image.Image) -> list[tuple]:
    boxes, scores, classes = (value[0] for value in detector.run(["boxes", "scores", "classes"], {"pixels": np.asarray(picture)[None]}))
    if (np.diff(scores) > 0).any() or boxes.min() < 0 or boxes.max() > 1 or boxes[scores == 0].any():
        sys.exit("the boxes don't come surest first, lie outside 0..1, or don't end in zeros")
    return [(float(score), int(kind), *map(float, box)) for box, score, kind in zip(boxes, scores, classes) if score > 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("objects", "faces"))
    parser.add_argument("model", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--sources", type=Path, default=Path(__file__).parent / ".sources")
    asked = parser.parse_args()
    plain = {"objects": PlainObjects, "faces": PlainFaces}[asked.kind](asked.sources)
    detector = session(str(asked.model))
    pairs = []
    for file in sorted(asked.photos.iterdir()):
        picture = detector_pixels(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))
        pairs.append((plain.detect(picture), graph_boxes(detector, picture)))
    batch = np.stack([np.asarray(Image.open(file).convert("RGB").resize((384, 288))) for file in sorted(asked.photos.iterdir())[:2]])
    singles = [detector.run(["boxes", "scores", "classes"], {"pixels": each[None]}) for each in batch]
    if any(not np.allclose(np.concatenate(apart), together, atol=1e-4)
           for apart, together in zip(zip(*singles), detector.run(["boxes", "scores", "classes"], {"pixels": batch}))):
        sys.exit("two pictures at once give other boxes than one by one")
    agreeing = [print_agreement(pairs, least) for least in SCORES[asked.kind]]
    if min(agreeing) < LEAST_AGREEING[asked.kind]:
        sys.exit(1)


def print_agreement(pairs: list[tuple[list[tuple], list[tuple]]], least: float) -> float:
    """@returns share of either side's boxes that the other side has too"""
    agreeing, count, apart, scores_apart = 0, 0, 0.0, 0.0
    for plain, found in pairs:
        for ours, theirs in ((plain, found), (found, plain)):
            for box in (box for box in ours if box[0] >= least):
                count += 1
                # Its counterpart may be just below this score.
                same = max((other for other in theirs if other[1] == box[1]), key=lambda other: overlap(box, other), default=None)
                if same and overlap(box, same) > 0.9 and same[0] > least - 0.05:
                    agreeing += 1
                    apart = max(apart, float(np.abs(np.subtract(box[2:], same[2:])).max()))
                    scores_apart = max(scores_apart, abs(box[0] - same[0]))
    by_hand, by_graph = (sum(each[0] >= least for side in pairs for each in side[i]) for i in (0, 1))
    print(f"score at least {least}: {by_hand} boxes by hand, {by_graph} from the graph, on {len(pairs)} photos; "
          f"{agreeing / max(count, 1):.1%} agree, at most {apart:.5f} of the photo and {scores_apart:.5f} of score apart")
    return agreeing / max(count, 1)


if __name__ == "__main__":
    main()
