"""Fits a detector's minimum score per class, on photos with annotated boxes.

    python thresholds.py objects ../../resources/packs/efficientnet-lite2 COCO [--write]
    python thresholds.py faces ../../resources/packs/efficientnet-lite2 COCO [--write]

COCO is a folder with images/*.jpg and labels/*.txt: one line per box, with COCO's class number, then centre x, centre y, width
and height in 0..1. Boxes below 1% of a photo are ignored, both annotated and detected ones.

Objects. A detected box is right if it matches an annotated one of its class (intersection over union of at least 0.5). The probability
of that depends on its score s:

    P(right) = logistic(a + u + b · logit(s)),     u ~ N(0, spread²) for each class

a and b are shared by all classes; u is specific to a class, and shrinks towards 0 the rarer the class is. The spread is chosen by
cross-validated likelihood. A class's threshold is the score at which P(right) reaches one half. Precision and recall are from ten-fold
cross-validation by photo.

Faces. COCO annotates persons, not faces: a face is right if half of it lies on a person of any size.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from verify import detector_pixels, graph_boxes, overlap, session

LEAST_AREA = 0.01
LEAST_IOU = 0.5
FOLDS = 10
SPREADS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
EVEN_ODDS = 0.5
BOUNDS = 0.15, 0.9
"""Limits of all thresholds: detectors output boxes from 0.1, and a few photos do not prove that a class is never detected."""


@dataclass
class Candidates:
    """Detected boxes, and the annotated ones."""
    photo: np.ndarray
    kind: np.ndarray
    score: np.ndarray
    right: np.ndarray
    known: list[tuple[int, int, bool]]
    """(photo, class, whether boxes cover it at any score) of each known box"""

    def of(self, photos: np.ndarray) -> "Candidates":
        rows = np.isin(self.photo, photos)
        known = [each for each in self.known if each[0] in photos]
        return Candidates(self.photo[rows], self.kind[rows], self.score[rows], self.right[rows], known)


def area(box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def shared_area(one, other) -> float:
    return max(0, min(one[2], other[2]) - max(one[0], other[0])) * max(0, min(one[3], other[3]) - max(one[1], other[1]))


def read_known(file: Path) -> list[tuple]:
    """@returns (1, class, x0, y0, x1, y1) each, in the format of detections"""
    found = []
    for kind, x, y, w, h in (map(float, line.split()) for line in file.read_text().splitlines()):
        found.append((1.0, int(kind), x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return found


def detected(model: Path, folder: Path) -> list[tuple[list[tuple], list[tuple]]]:
    """@returns for each photo the detections, highest scores first, and the annotated boxes"""
    detector = session(str(model))
    pairs = []
    for image in sorted((folder / "images").iterdir()):
        picture = detector_pixels(ImageOps.exif_transpose(Image.open(image)).convert("RGB"))
        pairs.append((graph_boxes(detector, picture), read_known(folder / "labels" / f"{image.stem}.txt")))
    return pairs


def match(pairs: list[tuple[list[tuple], list[tuple]]]) -> Candidates:
    """The highest-scoring box that matches an annotated one is right, further matches are wrong. Boxes that match only small ones count as neither."""
    rows, known = [], []
    for photo, (found, there) in enumerate(pairs):
        taken = set()
        for box in found:
            if area(box[2:]) < LEAST_AREA:
                continue
            overlaps = [overlap(box, each) if each[1] == box[1] and i not in taken else 0.0 for i, each in enumerate(there)]
            best = int(np.argmax(overlaps)) if overlaps else -1
            right = best >= 0 and overlaps[best] >= LEAST_IOU
            if right:
                taken.add(best)
                if area(there[best][2:]) < LEAST_AREA:
                    continue
            rows.append((photo, box[1], box[0], right))
        known += [(photo, each[1], i in taken) for i, each in enumerate(there) if area(each[2:]) >= LEAST_AREA]
    photo, kind, score, right = (np.array(column) for column in zip(*rows))
    return Candidates(photo, kind, score, right, known)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def logit(p):
    return np.log(p / (1 - p))


def fit(of: Candidates, spread: float, classes: int) -> tuple[float, float, np.ndarray]:
    """Maximum-a-posteriori a, b and u [classes], by Newton's method."""
    own = np.zeros((len(of.score), classes))
    if spread > 0:
        own[np.arange(len(own)), of.kind] = 1
    X = np.column_stack([np.ones(len(own)), logit(of.score), own])
    penalty = np.array([1e-6, 1e-6] + [1 / spread**2 if spread > 0 else 1.0] * classes)
    weights = np.zeros(X.shape[1])
    for _ in range(100):
        p = logistic(X @ weights)
        gradient = X.T @ (p - of.right) + penalty * weights
        step = np.linalg.solve((X * (p * (1 - p))[:, None]).T @ X + np.diag(penalty), gradient)
        weights -= step
        if np.abs(step).max() < 1e-9:
            return weights[0], weights[1], weights[2:]
    sys.exit(f"the fit for a spread of {spread} does not come to an end")


def thresholds_of(model: tuple[float, float, np.ndarray]) -> np.ndarray:
    a, b, u = model
    return np.clip(logistic((logit(EVEN_ODDS) - a - u) / b), *BOUNDS)


def folds_of(photos: int) -> list[np.ndarray]:
    return np.array_split(np.random.default_rng(1).permutation(photos), FOLDS)


def held_out_loss(all_: Candidates, photos: int, spread: float, classes: int) -> float:
    """Mean negative log-likelihood of the boxes of held-out photos."""
    total = 0.0
    for out in folds_of(photos):
        a, b, u = fit(all_.of(np.setdiff1d(np.arange(photos), out)), spread, classes)
        left = all_.of(out)
        p = logistic(a + u[left.kind] + b * logit(left.score))
        total -= np.log(np.where(left.right, p, 1 - p)).sum()
    return total / len(all_.score)


def counted(of: Candidates, thresholds: np.ndarray) -> dict[str, tuple[int, int, int]]:
    """Counts of right, detected and annotated boxes, and the same for classes of photos (right if the photo shows the class, however small)."""
    said = of.score >= thresholds[of.kind]
    boxes = (int((said & of.right).sum()), int(said.sum()), len(of.known))
    shown = {(photo, kind) for photo, kind, _ in of.known}
    named = {(int(photo), int(kind)) for photo, kind in zip(of.photo[said], of.kind[said])}
    return {"boxes": boxes, "classes of photos": (len(named & shown), len(named), len(shown))}


def print_counts(title: str, all_: Candidates, per_fold: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """@param per_fold held-out photos, and the thresholds fitted on the others"""
    sums: dict[str, np.ndarray] = {}
    for out, thresholds in per_fold:
        for what, counts in counted(all_.of(out), thresholds).items():
            sums[what] = sums.get(what, np.zeros(3, int)) + np.array(counts)
    parts = [f"{what}: precision {right / max(said, 1):.3f}, recall {right / known:.3f}" for what, (right, said, known) in sums.items()]
    print(f"  {title:34} {'; '.join(parts)}")


def fit_objects(pack: Path, folder: Path, names: list[str]) -> np.ndarray:
    classes = len(names)
    pairs = detected(pack / "objects.onnx", folder)
    all_ = match(pairs)
    photos = len(pairs)
    print(f"{photos} photos, {len(all_.known)} annotated boxes of at least 1%, {len(all_.score)} detected from 0.1, "
          f"{all_.right.sum()} of them right")
    losses = {spread: held_out_loss(all_, photos, spread, classes) for spread in SPREADS}
    print("held-out loss by spread: " + ", ".join(f"{spread:g}: {loss:.4f}" for spread, loss in losses.items()))
    spread = min(losses, key=losses.get)
    print(f"spread {spread:g}")
    folds = folds_of(photos)

    def left_out(spread: float) -> list[tuple[np.ndarray, np.ndarray]]:
        return [(out, thresholds_of(fit(all_.of(np.setdiff1d(np.arange(photos), out)), spread, classes))) for out in folds]

    for shared in (0.2, 0.25, 0.3, 0.35, 0.4):
        print_counts(f"one threshold of {shared}", all_, [(out, np.full(classes, shared)) for out in folds])
    print_counts("one threshold, fitted (cross-validated)", all_, left_out(0.0))
    print_counts("one per class (cross-validated)", all_, left_out(spread))
    model = fit(all_, spread, classes)
    thresholds = thresholds_of(model)
    shared = thresholds_of((model[0], model[1], np.zeros(1)))[0]
    print(f"a {model[0]:.3f}, b {model[1]:.3f}; shared threshold {shared:.2f}")
    for kind in np.argsort(thresholds, kind="stable"):
        rows = all_.kind == kind
        if rows.any():
            said = rows & (all_.score >= thresholds[kind])
            known = sum(1 for each in all_.known if each[1] == kind)
            print(f"  {names[kind]:15} {thresholds[kind]:.2f}   {known:4} annotated, {said.sum():4} detected, {(said & all_.right).sum():4} right")
    return thresholds


def fit_faces(pack: Path, folder: Path) -> np.ndarray:
    pairs = detected(pack / "faces.onnx", folder)
    rows, with_people = [], np.zeros(len(pairs), bool)
    for photo, (found, known) in enumerate(pairs):
        people = [each[2:] for each in known if each[1] == 0]
        with_people[photo] = bool(people)
        for score, _, *box in found:
            inside = max((shared_area(box, each) for each in people), default=0)
            rows.append((photo, score, inside >= 0.5 * area(box)))
    photo, score, right = (np.array(column) for column in zip(*rows))
    print(f"{len(pairs)} photos, {with_people.sum()} with people")
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        said = score >= least
        seen = len(set(photo[said]) & set(np.flatnonzero(with_people)))
        alarms = len(set(photo[said]) - set(np.flatnonzero(with_people)))
        print(f"  {least}: {said.sum()} faces, {right[said].mean():.3f} on a person; "
              f"on {seen / with_people.sum():.2f} of the photos with people; "
              f"{alarms} of {(~with_people).sum()} photos without are false alarms")
    odds = Candidates(photo, np.zeros(len(photo), int), score, right, [])
    print(f"even odds at a score of {thresholds_of(fit(odds, 0.0, 1))[0]:.2f}")
    # Few faces are wrong, so we use the lowest threshold at which 98% lie on a person.
    good = [least for least in np.arange(0.3, 0.9, 0.05) if right[score >= least].mean() >= 0.98]
    return np.array([good[0] if good else 0.6])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("objects", "faces"))
    parser.add_argument("pack", type=Path)
    parser.add_argument("coco", type=Path)
    parser.add_argument("--write", action="store_true", help="write the thresholds to the pack's objects.json or faces.json")
    asked = parser.parse_args()
    file = asked.pack / f"{asked.kind}.json"
    described = json.loads(file.read_text())
    if asked.kind == "objects":
        thresholds = fit_objects(asked.pack, asked.coco, [each["name"] for each in described])
    else:
        thresholds = fit_faces(asked.pack, asked.coco)
    if asked.write:
        rows = [json.dumps(each | {"threshold": round(float(threshold), 2)}) for each, threshold in zip(described, thresholds)]
        file.write_text("[\n " + ",\n ".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
