"""Writes statistics of a network's features on general photos into a pack: `statistics.f32` and its entry in pack.json.

    python statistics.py ../../resources/packs/efficientnet-lite2 PHOTOS

PHOTOS is a folder of photos that is as varied as possible; the bundled pack's statistics are from one photo of each ImageNet-1K class
(github.com/EliSchwartz/imagenet-sample-images). Individual photos can't be recovered from them. statistics.f32 contains little-endian
32-bit floats: the mean root of each feature, `[D]`; then the principal axes `[64, D]` of `unit(sqrt(f) - mean)` in order of falling
variance, each scaled to the ratio of its standard deviation to that of all remaining directions. Run describe.py afterwards.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

AXES = 64
BATCH = 8


def pixels(file: Path, described: dict) -> np.ndarray:
    """A photo as the network's input, `[3, size, size]`."""
    size = described["size"]
    short = int(described["resize"].split("short side to ")[1].split(",")[0])
    with Image.open(file) as photo:
        photo = photo.convert("RGB")
        scale = short / min(photo.size)
        photo = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.BICUBIC)
    left, top = (photo.width - size) // 2, (photo.height - size) // 2
    values = np.asarray(photo.crop((left, top, left + size, top + size)), np.float32) / 255
    return ((values - np.float32(described["mean"])) / np.float32(described["std"])).transpose(2, 0, 1)


def features_of(pack: Path, photos: list[Path]) -> np.ndarray:
    visual = json.loads((pack / "pack.json").read_text())["visual"]
    session = onnxruntime.InferenceSession(str(pack / visual["file"]))
    batches = (photos[at:at + BATCH] for at in range(0, len(photos), BATCH))
    run = lambda batch: session.run([visual["features"]["name"]], {visual["input"]["name"]: np.stack([pixels(file, visual["input"]) for file in batch])})[0]
    return np.concatenate([run(batch) for batch in batches])


def statistics(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean roots `[D]` and principal axes `[AXES, D]`."""
    roots = np.sqrt(np.maximum(features.astype(np.float64), 0))
    mean = roots.mean(0)
    rows = roots - mean
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    variances, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    variances, directions = variances[::-1], directions.T[::-1]
    lengths = np.sqrt(variances[:AXES] / variances[AXES:].mean())
    axes = directions[:AXES] * lengths[:, None]
    return mean, axes * np.sign(axes[np.arange(AXES), np.abs(axes).argmax(1)])[:, None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument("photos", type=Path, metavar="PHOTOS")
    given = parser.parse_args()
    photos = sorted(file for file in given.photos.rglob("*") if file.suffix.lower() in {".jpg", ".jpeg", ".png"})
    mean, axes = statistics(features_of(given.pack, photos))
    np.concatenate([mean[None], axes]).astype("<f4").tofile(given.pack / "statistics.f32")
    file = given.pack / "pack.json"
    described = json.loads(file.read_text()) | {"statistics": {"file": "statistics.f32", "axes": AXES}}
    file.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    print(f"{given.pack / 'statistics.f32'}: {len(photos)} photos; the longest axes {np.round(np.linalg.norm(axes[:3], axis=1), 2)}, the shortest {np.linalg.norm(axes[-1]):.2f}")


if __name__ == "__main__":
    main()
