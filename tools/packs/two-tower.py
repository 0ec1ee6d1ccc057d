"""Trains a two-tower pack on drawn shapes: an image tower, a text tower and a tokenizer.

    python tools/packs/two-tower.py tests/fixtures/packs/shapes

The pack is small enough for tests, and has everything that a network of the SigLIP family has. A scene shows one object,
or two in a relation: a red circle over a blue square. Truth is known for every pair of a picture and a caption, so the
sigmoid loss (Zhai et al. 2023, "Sigmoid loss for language image pre-training") is taken over the true pairs of a batch,
with captions that are wrong in one word among them.

Some scenes are kept out of training, whatever their caption: `held-out.json` lists them. Everything is seeded; another
processor or another version of torch may still give slightly different weights.
"""

import hashlib
import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from torch.nn import functional as F

SEED = 17
SHAPES = ["circle", "square", "triangle", "star"]
COLOURS = {
    "red": (214, 40, 40),
    "green": (46, 150, 60),
    "blue": (40, 80, 200),
    "yellow": (240, 205, 40),
    "black": (25, 25, 25),
}
# A relation and its converse.
CONVERSE = {"over": "under", "left of": "right of", "inside": "around"}
HELD_OUT = 80
AMONG = 500
SIZE, SUPERSAMPLED = 64, 192
D, WIDTH, LAYERS, KERNEL = 64, 64, 3, 7
MAX_TOKENS, VOCABULARY = 24, 420
BATCH, RATE = 64, 2e-3
# Rounds of training: steps, the steps that the learning rate is planned for, and whether order comes first. Things are
# learned in a few hundred steps; that "A over B" is not "B over A" takes most of the time, and sentences about it.
ROUNDS = [(1400, 1800, False), (1000, 1000, True), (1200, 1200, True), (1600, 1600, True)]
VIEWS = 8  # pictures of each scene

OBJECTS = [(colour, shape) for colour in COLOURS for shape in SHAPES]


def scenes():
    """All scenes of two different objects, `(a, relation, b)`; the converse is the same scene."""
    return [(a, relation, b) for a in OBJECTS for b in OBJECTS if a != b for relation in CONVERSE]


def polygon(shape, x, y, r, turn):
    if shape == "square":
        return [(x + s * r * 0.88, y + t * r * 0.88) for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    if shape == "triangle":
        return [(x, y - r), (x + r, y + r * 0.85), (x - r, y + r * 0.85)]
    points = []
    for i in range(10):
        length = r * (1.1 if i % 2 == 0 else 0.48)
        angle = math.pi * i / 5 - math.pi / 2 + turn
        points.append((x + length * math.cos(angle), y + length * math.sin(angle)))
    return points


def paint(draw, random_, colour, shape, x, y, r):
    n = SUPERSAMPLED
    fill = tuple(max(0, min(255, c + random_.randint(-18, 18))) for c in COLOURS[colour])
    x, y, r = x * n, y * n, r * n
    if shape == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)
    else:
        draw.polygon(polygon(shape, x, y, r, random_.uniform(-0.15, 0.15)), fill=fill)


def picture(scene, random_):
    """Pixels `[64, 64, 3]` of a scene; of one object if there is no relation."""
    grey = random_.randint(190, 250)
    ground = tuple(max(0, min(255, grey + random_.randint(-10, 10))) for _ in range(3))
    image = Image.new("RGB", (SUPERSAMPLED, SUPERSAMPLED), ground)
    draw = ImageDraw.Draw(image)
    u = random_.uniform
    a, relation, b = scene
    if relation is None:
        paint(draw, random_, *a, u(0.35, 0.65), u(0.35, 0.65), u(0.15, 0.3))
    elif relation == "inside":
        x, y = u(0.42, 0.58), u(0.42, 0.58)
        paint(draw, random_, *b, x, y, u(0.34, 0.4))
        paint(draw, random_, *a, x + u(-0.03, 0.03), y + u(-0.01, 0.06), u(0.11, 0.14))
    else:
        near, far = u(0.2, 0.3), u(0.7, 0.8)
        across, other = u(0.35, 0.65), u(0.35, 0.65)
        first, second = ((across, near), (other, far)) if relation == "over" else ((near, across), (far, other))
        paint(draw, random_, *a, *first, u(0.13, 0.2))
        paint(draw, random_, *b, *second, u(0.13, 0.2))
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


ANY = None


def statements(scene, random_, order_first=False):
    """What can be said of a scene, as `(a, relation, b)` with gaps; see `holds`."""
    a, relation, b = scene
    c, d = random_.choice([a, b]) if b else a, None
    plain = [(c, None, None), ((c[0], ANY), None, None), ((ANY, c[1]), None, None)]
    if relation is None:
        return plain
    d = b if c == a else a
    full = [(a, relation, b), (b, CONVERSE[relation], a)]
    vague = [
        ((a[0], ANY), relation, (b[0], ANY)),
        ((ANY, a[1]), relation, (ANY, b[1])),
        (c, "and", d),
    ]
    return plain[:1] + 2 * full + 4 * vague[:2] + vague[2:] if order_first else plain + 3 * full + vague


def wrong(statement, random_, kind):
    """A statement that differs in one part: the order (kind 0), the relation (1), or a thing (2, 3)."""
    a, relation, b = statement
    if relation is not None and kind == 0:
        return (b, relation, a)
    if relation not in (None, "and") and kind == 1:
        others = [r for pair in CONVERSE.items() for r in pair if r != relation]
        return (a, random_.choice(others), b)
    at_b = relation is not None and random_.random() < 0.5
    colour, shape = b if at_b else a
    if shape is ANY or (colour is not ANY and kind == 2):
        colour = random_.choice([c for c in COLOURS if c != colour])
    else:
        shape = random_.choice([s for s in SHAPES if s != shape])
    return (a, relation, (colour, shape)) if at_b else ((colour, shape), relation, b)


def fits(pattern, thing):
    return thing is not None and all(p is ANY or p == t for p, t in zip(pattern, thing))


def holds(statement, scene):
    """Whether a statement is true of a scene."""
    a, relation, b = statement
    first, shown, second = scene
    if relation is None:
        return fits(a, first) or fits(a, second)
    if relation == "and":
        return (fits(a, first) and fits(b, second)) or (fits(a, second) and fits(b, first))
    if relation == shown:
        return fits(a, first) and fits(b, second)
    return shown is not None and relation == CONVERSE[shown] and fits(a, second) and fits(b, first)


def named(thing, random_):
    colour, shape = thing
    if colour is ANY:
        return random_.choice([f"a {shape}", shape])
    if shape is ANY:
        return random_.choice([f"a {colour} shape", colour, f"something {colour}"])
    return random_.choice([f"a {colour} {shape}", f"{colour} {shape}", f"a {shape} that is {colour}"])


PHRASES = {
    "over": ["over", "above"],
    "under": ["under", "below"],
    "left of": ["left of", "to the left of"],
    "right of": ["right of", "to the right of"],
    "inside": ["inside", "in"],
    "around": ["around"],
    "and": ["and", "with"],
}


def caption(statement, random_):
    a, relation, b = statement
    said = named(a, random_)
    if relation is not None:
        said = f"{said} {random_.choice(PHRASES[relation])} {named(b, random_)}"
    frame = random_.choice(["{}", "{}", "a photo of {}", "a photo of {}.", "a picture of {}"])
    return frame.format(said)


def make_tokenizer(captions):
    """Byte-pair encoding on bytes, in lower case, as CLIP's."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


class ImageTower(nn.Module):
    def __init__(self):
        super().__init__()
        steps = []
        for i, o, stride in [(3, 12, 2), (12, 24, 2), (24, 48, 2), (48, 48, 1), (48, 64, 2), (64, 64, 1)]:
            steps += [nn.Conv2d(i, o, 3, stride=stride, padding=1), nn.ReLU()]
        self.convolutions = nn.Sequential(*steps)
        self.hidden = nn.Linear(64 * 16, 96)
        self.out = nn.Linear(96, D)

    def forward(self, pixels):
        seen = self.convolutions(pixels).flatten(1)
        return self.out(F.relu(self.hidden(seen)))


class Block(nn.Module):
    """A word with its neighbours: "circle" before "over" is not the same as after it."""

    def __init__(self):
        super().__init__()
        self.before, self.near = nn.LayerNorm(WIDTH), nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=KERNEL // 2)
        self.between, self.mix = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x, shown):
        x = x + F.relu(self.near((self.before(x) * shown).transpose(1, 2))).transpose(1, 2)
        return x + F.relu(self.mix(self.between(x)))


class TextTower(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.last, self.out = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, D)

    def forward(self, ids):
        shown = (ids != 0).float()[:, :, None]
        x = self.tokens(ids)
        for block in self.blocks:
            x = block(x, shown)
        return self.out((self.last(x) * shown).sum(1) / shown.sum(1))


def encode(tokenizer, captions):
    """Token ids `[n, t]`, padded to the longest: padding has no effect, and training is faster without."""
    ids = [encoded.ids for encoded in tokenizer.encode_batch(captions)]
    longest = max(map(len, ids))
    if longest > MAX_TOKENS:
        raise SystemExit(f"a caption has {longest} tokens; the maximum is {MAX_TOKENS}")
    return torch.tensor([row + [0] * (longest - len(row)) for row in ids])


def normalised(pixels):
    return (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5


def recall(image, text, tokenizer, asked, others, seed):
    """How often the picture of a scene's caption comes first, and among the first five, of the pictures of all scenes."""
    random_ = random.Random(seed)
    pixels = np.stack([picture(scene, random_) for scene in asked + others])
    captions = [caption(scene, random_) for scene in asked]
    with torch.no_grad():
        seen = F.normalize(image(normalised(pixels)), dim=1)
        said = F.normalize(text(encode(tokenizer, captions)), dim=1)
    places = ((said @ seen.T) > (said * seen[: len(asked)]).sum(1, keepdim=True)).sum(1)
    return (places == 0).float().mean().item(), (places < 5).float().mean().item()


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    random_ = random.Random(SEED)
    every = scenes()
    random_.shuffle(every)
    held_out, known = every[:HELD_OUT], every[HELD_OUT:]
    singles = [(thing, None, None) for thing in OBJECTS]
    trained = known + singles * 6
    begun = time.time()
    pixels = np.stack([picture(scene, random_) for scene in trained for _ in range(VIEWS)])
    shown = [scene for scene in trained for _ in range(VIEWS)]
    print(f"{len(pixels)} pictures of {len(trained)} scenes in {time.time() - begun:.0f} s", flush=True)
    said = [caption(each, random_) for scene in known for each in statements(scene, random_)]
    tokenizer = make_tokenizer(said)
    image, text = ImageTower(), TextTower(tokenizer.get_vocab_size())
    scale, bias = nn.Parameter(torch.tensor(math.log(10.0))), nn.Parameter(torch.tensor(-6.0))
    weights = [*image.parameters(), *text.parameters(), scale, bias]
    print(f"{sum(each.numel() for each in weights)} weights", flush=True)
    for steps, planned, order_first in ROUNDS:
        optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
        warm_up = 0.1 if order_first else 0.2
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=planned, pct_start=warm_up)
        kinds = (0, 0, 0, 0, 1, 2, 3) if order_first else (0, 0, 1, 2, 3)
        for step in range(steps):
            batch = [random_.randrange(len(shown)) for _ in range(BATCH)]
            right = [random_.choice(statements(shown[i], random_, order_first)) for i in batch]
            claims = right + [wrong(each, random_, random_.choice(kinds)) for each in right]
            truth = torch.tensor([[1.0 if holds(claim, shown[i]) else -1.0 for claim in claims] for i in batch])
            views = normalised(pixels[batch])
            views = views + torch.randn_like(views) * random_.uniform(0, 0.06)
            cosines = F.normalize(image(views), dim=1) @ F.normalize(
                text(encode(tokenizer, [caption(each, random_) for each in claims])), dim=1
            ).T
            loss = -F.logsigmoid(truth * (cosines * scale.exp() + bias)).sum() / BATCH
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            if step % 200 == 199:
                first, five = recall(image, text, tokenizer, held_out, known[: AMONG - HELD_OUT], SEED + step)
                print(
                    f"{time.time() - begun:5.0f} s  step {step + 1}  loss {loss.item():.3f}"
                    f"  scale {scale.exp().item():.2f}  bias {bias.item():.2f}"
                    f"  held out: recall@1 {first:.3f}, @5 {five:.3f}",
                    flush=True,
                )
    image.eval(), text.eval()
    write(folder, image, text, tokenizer, scale.exp().item(), bias.item(), held_out)


def write(folder, image, text, tokenizer, scale, bias, held_out):
    export = dict(dynamo=True, external_data=False, opset_version=18, optimize=True, verbose=False)
    n = torch.export.Dim("n", min=1, max=4096)
    torch.onnx.export(
        image,
        (torch.zeros(2, 3, SIZE, SIZE),),
        folder / "image.onnx",
        input_names=["pixels"],
        output_names=["features"],
        dynamic_shapes=({0: n},),
        **export,
    )
    torch.onnx.export(
        text,
        (torch.ones(2, MAX_TOKENS, dtype=torch.int64),),
        folder / "text.onnx",
        input_names=["ids"],
        output_names=["sentences"],
        dynamic_shapes=({0: n},),
        **export,
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "held-out.json").write_text(
        json.dumps([[" ".join(a), relation, " ".join(b)] for a, relation, b in held_out]) + "\n"
    )
    files = ["image.onnx", "text.onnx", "tokenizer.json"]
    described = {
        "format": 2,
        "name": "shapes",
        "title": "Coloured shapes",
        "licence": "Apache-2.0",
        "source": "tools/packs/two-tower.py, for tests",
        "visual": {
            "file": "image.onnx",
            "input": {
                "name": "pixels",
                "layout": "nchw",
                "size": SIZE,
                "resize": f"short side to {SIZE}, centre crop {SIZE}",
                "mean": [0.5] * 3,
                "std": [0.5] * 3,
            },
            "features": {"name": "features", "dimensions": D},
        },
        "text": {
            "kind": "siglip",
            "file": "text.onnx",
            "tokenizer": "tokenizer.json",
            "inputs": {"ids": "ids"},
            "output": "sentences",
            "maxTokens": MAX_TOKENS,
            "pad": {"id": 0, "to": "max"},
            "scale": scale,
            "bias": bias,
            "prompts": ["a photo of a {}.", "a {}"],
        },
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files},
    }
    (folder / "pack.json").write_text(json.dumps(described, indent=2) + "\n")
    for name in files:
        print(name, (folder / name).stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
