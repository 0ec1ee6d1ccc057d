"""Updates a pack's pack.json: its detectors, and the SHA-256 of every file it names.

    python describe.py ../../resources/packs/efficientnet-lite2

The rest of pack.json does not change. Run it whenever a file of the pack has changed.
"""

import argparse
import hashlib
import json
from pathlib import Path

DETECTORS = {
    "input": {"longSide": 384, "multiple": 32},
    "networks": [
        {
            "name": "objects", "kind": "objects", "file": "objects.onnx",
            "licence": "MIT (package @vladmandic/human); 610265158/mobilenetv3_centernet, where it was trained, carries no licence file",
            "source": "npm @vladmandic/human 3.3.6, models/centernet: MB3-CenterNet trained on COCO; see tools/packs/objects.py",
            "input": "pixels", "outputs": {"boxes": "boxes", "scores": "scores", "classes": "classes"}, "classes": "objects.json",
        },
        {
            "name": "faces", "kind": "faces", "file": "faces.onnx", "licence": "Apache-2.0",
            "source": "PyPI mediapipe 0.10.14, face_detection_full_range_sparse.tflite: BlazeFace, full range; see tools/packs/faces.py",
            "input": "pixels", "outputs": {"boxes": "boxes", "scores": "scores", "classes": "classes"}, "classes": "faces.json",
        },
    ],
}


def files_of(described) -> set[str]:
    """File names anywhere in a description."""
    if isinstance(described, str):
        return {described} if described.endswith((".onnx", ".json", ".f32")) and "/" not in described else set()
    values = described.values() if isinstance(described, dict) else described if isinstance(described, list) else []
    return set().union(*map(files_of, values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack", type=Path, metavar="PACK")
    pack = parser.parse_args().pack
    described = json.loads((pack / "pack.json").read_text())
    described |= {"format": 2, "detectors": DETECTORS}
    described.pop("sha256", None)
    described["sha256"] = {name: hashlib.sha256((pack / name).read_bytes()).hexdigest() for name in sorted(files_of(described))}
    (pack / "pack.json").write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
    print(f"{pack / 'pack.json'}: {len(described['sha256'])} files")


if __name__ == "__main__":
    main()
