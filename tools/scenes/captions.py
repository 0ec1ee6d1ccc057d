"""Adds people and places to the bundled pack's scenes: labels learned from captions.

    python captions.py PACK SHARED [--held-out FILE]

Learns from the captions of 128 COCO photos and from 1,400 photos of objects that we annotated (captions.csv; empty: not annotated), by
ridge regression per label on the features that the pack's scenes use. Out-of-sample scores of captioned photos are scaled to the
probability that a caption names the label. Run it after `visual train` (README.md), which rewrites the scenes without these. --held-out
writes out-of-sample probabilities of the captioned photos, for the pack's calibration.
"""
import argparse
import csv
import hashlib
import json
import os

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
OWN_WEIGHT = 0.6     # of a photo of objects relative to an everyday photo
PENALTY = 1.0        # of ridge regression; rows have unit length
FOLDS = 5
LABEL_SPREAD = 1.5   # prior standard deviation of a label's bias around the common one
SHOWN_FROM = 0.8


def pixels(path, size=260, short=260):
    """[1, 3, size, size], preprocessed as in pack.json."""
    image = ImageOps.exif_transpose(Image.open(path)).convert('RGB')
    factor = short / min(image.size)
    image = image.resize([round(side * factor) for side in image.size], Image.BICUBIC)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    square = np.asarray(image.crop((left, top, left + size, top + size)), np.float32)
    return ((square / 255 - 127 / 255) / (128 / 255)).transpose(2, 0, 1)[None]


def features_of(pack, shared, photos):
    """[n, D]; cached among the temporary files, because embedding takes minutes."""
    kept = os.path.join(os.environ.get('TMPDIR', '/tmp'), 'semblance-scene-features.npz')
    known = dict(np.load(kept)) if os.path.exists(kept) else {}
    missing = [photo for photo in photos if photo not in known]
    if missing:
        session = onnxruntime.InferenceSession(os.path.join(pack, 'visual.onnx'))
        for photo in missing:
            known[photo] = session.run(['features'], {'pixels': pixels(os.path.join(shared, 'photos', photo))})[0][0]
        np.savez(kept, **known)
    return np.array([known[photo] for photo in photos])


def ridge(rows, amounts, weights):
    """(w [D], bias) of weighted ridge regression of the square roots of amounts."""
    mean, centre = weights @ amounts / weights.sum(), weights @ rows / weights.sum()
    root = np.sqrt(weights)
    scaled = (rows - centre) * root[:, None]
    w = scaled.T @ np.linalg.solve(scaled @ scaled.T + PENALTY * np.eye(len(rows)), (amounts - mean) * root)
    return w, mean - centre @ w


def average_precision(scores, truth):
    hits = truth[np.argsort(-scores, kind='stable')]
    return (np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean() if hits.any() else 0.0


def platt(scores, truth):
    """(slope, [labels] biases) of a joint logistic regression of standardised scores [n, labels], with shrunken biases."""
    n, labels = scores.shape
    x = np.zeros((n * labels, labels + 2))
    x[:, 0], x[:, 1] = scores.ravel(), 1
    x[np.arange(n * labels), 2 + np.tile(np.arange(labels), n)] = LABEL_SPREAD
    y, penalty, beta = truth.ravel().astype(float), np.r_[1, 0, np.ones(labels)], np.zeros(labels + 2)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty), x.T @ (y - p) - penalty * beta)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return beta[0], beta[1] + LABEL_SPREAD * beta[2:]


def scenes_of(pack, own):
    """(centre [D], [(description, weights [D], bias)]) of the pack's scenes, without those of an earlier run."""
    with open(os.path.join(pack, 'scenes.json')) as file:
        described = json.load(file)
    numbers = np.fromfile(os.path.join(pack, 'scenes.f32'), '<f4')
    count = len(described)
    size = (len(numbers) - count) // (count + 1)
    weights, biases = numbers[size:size * (count + 1)].reshape(count, size), numbers[size * (count + 1):]
    return numbers[:size], [({**each, 'from': max(each['from'], SHOWN_FROM)}, weights[i], biases[i]) for i, each in enumerate(described) if each['name'] not in own]


def describe(pack):
    """Adds the files and their SHA-256 to pack.json."""
    path = os.path.join(pack, 'pack.json')
    with open(path) as file:
        described = json.load(file)
    described['scenes'] = {'weights': 'scenes.f32', 'classes': 'scenes.json'}
    for name in described['scenes'].values():
        with open(os.path.join(pack, name), 'rb') as file:
            described['sha256'][name] = hashlib.sha256(file.read()).hexdigest()
    with open(path, 'w') as file:
        json.dump(described, file, indent=2)
        file.write('\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pack'), parser.add_argument('shared'), parser.add_argument('--held-out')
    given = parser.parse_args()
    with open(os.path.join(HERE, 'captions.csv')) as file:
        header, *table = list(csv.reader(file))
    photos, labels = [row[0] for row in table], header[1:]
    amounts = np.array([[np.nan if cell == '' else float(cell) for cell in row[1:]] for row in table])
    captioned = [i for i, photo in enumerate(photos) if photo.startswith('coco/')]
    said = amounts[captioned] > 0
    centre, others = scenes_of(given.pack, labels)

    features = features_of(given.pack, given.shared, photos)
    rows = np.sqrt(np.maximum(features, 0)) - centre
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    weights = np.array([1 if photo.startswith('coco/') else OWN_WEIGHT for photo in photos])
    fold = np.full(len(rows), -1)
    fold[captioned] = np.random.RandomState(0).permutation(len(captioned)) % FOLDS

    scores, models = np.zeros(said.shape), []
    for at in range(len(labels)):
        known = ~np.isnan(amounts[:, at])
        for left in range(FOLDS):
            use = known & (fold != left)
            w, bias = ridge(rows[use], amounts[use, at], weights[use])
            for k, i in enumerate(captioned):
                if fold[i] == left:
                    scores[k, at] = rows[i] @ w + bias
        models.append(ridge(rows[known], amounts[known, at], weights[known]))
    mean, spread = scores.mean(0), scores.std(0)
    slope, biases = platt((scores - mean) / spread, said)
    probabilities = 1 / (1 + np.exp(-(slope * (scores - mean) / spread + biases)))
    for at, label in enumerate(labels):
        shown = probabilities[:, at] >= 0.5
        print(f'{label:14} in {said[:, at].sum():3} of {len(captioned)} captions   average precision {average_precision(scores[:, at], said[:, at]):.2f}'
              f'   likely on {shown.sum():2}, named on {(shown & said[:, at]).sum():2} of these')

    own = [({'name': label, 'wnid': None, 'from': SHOWN_FROM}, w * slope / spread[at], (bias - mean[at]) * slope / spread[at] + biases[at])
           for at, (label, (w, bias)) in enumerate(zip(labels, models))]
    every = others + own
    numbers = np.concatenate([centre, *[w for _, w, _ in every], [bias for _, _, bias in every]])
    numbers.astype('<f4').tofile(os.path.join(given.pack, 'scenes.f32'))
    with open(os.path.join(given.pack, 'scenes.json'), 'w') as file:
        file.write('[\n ' + ',\n '.join(json.dumps(described) for described, _, _ in every) + '\n]\n')
    describe(given.pack)
    if given.held_out:
        with open(given.held_out, 'w') as file:
            known = np.array([1 / (1 + np.exp(-(rows[captioned] @ w + bias))) for _, w, bias in others]).T
            every_p = np.hstack([known, probabilities])
            json.dump({os.path.basename(photos[i]): [round(float(p), 5) for p in every_p[k]] for k, i in enumerate(captioned)}, file)


main()
