"""
Exports classifiers of torchvision and timm and detectors of transformers with random weights, to try `semblance packs add` on.

    python export-tries.py FOLDER [NAME...]

Writes FOLDER/NAME.onnx (and NAME.onnx.data, where the exporter puts weights in another file) and NAME.json: what the network gives for
one fixed picture in PyTorch. tests/vision/exported-networks.test.ts compares that with the pack. Needs torch, torchvision, timm, transformers, onnx and onnxscript from PyPI.
"""

import sys

sys.path.pop(0)  # this folder: its statistics.py would hide Python's own

import json
import warnings
from pathlib import Path

import timm
import torch
import torchvision
import transformers

warnings.filterwarnings("ignore")
torch.backends.mha.set_fastpath_enabled(False)  # the exporter that traces does not know its operator


def old(model, inputs, file, names, dynamic=None, opset=17):
    """The exporter that traces with TorchScript."""
    torch.onnx.export(model, inputs, file, input_names=names[0], output_names=names[1], dynamic_axes=dynamic, opset_version=opset, dynamo=False)


def new(model, inputs, file, names, dynamic=None, external=True):
    """The exporter that is the default since PyTorch 2.9."""
    torch.onnx.export(
        model, inputs, file, input_names=names[0], output_names=names[1], dynamic_shapes=dynamic, opset_version=18, dynamo=True,
        external_data=external, verbose=False,
    )


BATCH = torch.export.Dim("batch")
IN_OUT = (["input"], ["output"])
ANY = {"input": {0: "batch"}, "output": {0: "batch"}}


def spread(model, size, brightest=None):
    """
    Gives batch normalisation the statistics of random pictures, and the last layer weights: with those of initialisation, deep networks
    give the same for all pictures, and some give only zeros.
    """
    model.train()
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.Linear) and not module.weight.any():
                torch.nn.init.normal_(module.weight, std=0.02)
        for module in model.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.momentum = None
        for _ in range(2):
            model(torch.randn(4, 3, size, size) if brightest is None else torch.rand(4, 3, size, size) * brightest)
    return model.eval()


def waves(size):
    """A picture in bytes, as the test makes it: [1, 3, size, size] of the bytes [size, size, 3]."""
    count = size * size * 3
    channels_last = torch.round(127.5 * (1 + torch.sin(0.37 * torch.arange(count, dtype=torch.float64))))
    return channels_last.view(1, size, size, 3).permute(0, 3, 1, 2).contiguous().float()


def note(folder, name, values):
    (folder / f"{name}.json").write_text(json.dumps({key: value[0].double().tolist() for key, value in values.items()}))


def classifier(make, size, export):
    def run(folder, name):
        model = spread(make(), size)
        export(model, torch.randn(1, 3, size, size), str(folder / f"{name}.onnx"))
        given = waves(size) / 255
        scores = model(given.half() if next(model.parameters()).dtype == torch.float16 else given)
        note(folder, name, {"scores": scores})
    return run


fixed_old = lambda model, x, file: old(model, (x,), file, IN_OUT)
any_old = lambda model, x, file: old(model, (x,), file, (["x.1"], ["y"]), {"x.1": {0: "batch"}, "y": {0: "batch"}})
fixed_new = lambda model, x, file: new(model, (x,), file, IN_OUT)
any_new = lambda model, x, file: new(model, (torch.cat([x, x]),), file, (None, None), ({0: BATCH},))
inside = lambda model, x, file: new(model, (torch.cat([x, x]),), file, (["pixels"], ["scores"]), ({0: BATCH},), external=False)


def half(model, x, file):
    """New, since the exporter that traces overflows when it folds normalisation into 16 bits."""
    new(model.half(), (torch.cat([x, x]).half(),), file, IN_OUT, ({0: BATCH},))


class Probabilities(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return torch.softmax(self.model(x), 1)


tv = torchvision.models
TRIES = {
    "resnet18": classifier(tv.resnet18, 224, any_new),
    "mobilenet_v3_small": classifier(tv.mobilenet_v3_small, 224, fixed_old),
    "efficientnet_b0": classifier(tv.efficientnet_b0, 224, any_old),
    "convnext_tiny": classifier(tv.convnext_tiny, 224, inside),
    "swin_t": classifier(tv.swin_t, 224, fixed_new),
    "swin_t_old": classifier(tv.swin_t, 224, any_old),
    "regnet_y_400mf": classifier(tv.regnet_y_400mf, 224, any_old),
    "vit_b_16": classifier(tv.vit_b_16, 224, any_new),
    "vit_b_16_old": classifier(tv.vit_b_16, 224, any_old),
    "squeezenet1_1": classifier(tv.squeezenet1_1, 224, any_old),
    "resnet18_half": classifier(tv.resnet18, 224, half),
    "resnet18_softmax": classifier(lambda: Probabilities(tv.resnet18()), 224, any_old),
    "timm_vit_tiny": classifier(lambda: timm.create_model("vit_tiny_patch16_224"), 224, any_new),
    "timm_mobilenetv4": classifier(lambda: timm.create_model("mobilenetv4_conv_small"), 224, any_old),
    "timm_convnextv2_atto": classifier(lambda: timm.create_model("convnextv2_atto"), 224, any_new),
    "timm_efficientnet_lite0": classifier(lambda: timm.create_model("efficientnet_lite0"), 224, fixed_new),
}


class Detections(torch.nn.Module):
    """Gives tensors instead of a dictionary."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        found = self.model(pixel_values=pixel_values)
        return found.logits, found.pred_boxes


class Deployed(torch.nn.Module):
    """As the export scripts of RT-DETR and D-FINE do it: the 300 best of all queries and classes, scaled to the photo's size."""

    def __init__(self, model, many):
        super().__init__()
        self.model = model
        self.many = many

    def forward(self, images, orig_target_sizes):
        found = self.model(pixel_values=images)
        logits, boxes = found.logits, found.pred_boxes
        centre, sides = boxes[..., :2], boxes[..., 2:]
        corners = torch.cat([centre - sides / 2, centre + sides / 2], -1) * orig_target_sizes.repeat(1, 2).unsqueeze(1)
        classes = logits.shape[-1]
        scores, at = torch.topk(torch.sigmoid(logits).flatten(1), self.many, dim=-1)
        labels = at - at // classes * classes
        return labels, corners.gather(1, (at // classes).unsqueeze(-1).repeat(1, 1, 4)), scores


def rt_detr():
    backbone = transformers.RTDetrResNetConfig(
        embedding_size=16, hidden_sizes=[16, 32, 48, 64], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage2", "stage3", "stage4"]
    )
    config = transformers.RTDetrConfig(
        backbone_config=backbone, encoder_in_channels=[32, 48, 64], encoder_hidden_dim=32, encoder_ffn_dim=64, d_model=32, num_queries=50,
        decoder_in_channels=[32, 32, 32], decoder_ffn_dim=64, decoder_layers=2, decoder_attention_heads=4, num_labels=80,
        anchor_image_size=None, eval_size=None,
    )
    return transformers.RTDetrForObjectDetection(config).eval()


def d_fine():
    config = transformers.DFineConfig(
        encoder_hidden_dim=32, encoder_ffn_dim=64, d_model=32, num_queries=50, decoder_in_channels=[32, 32, 32],
        decoder_ffn_dim=64, decoder_layers=2, decoder_attention_heads=4, num_labels=80, anchor_image_size=None, eval_size=None,
    )
    return transformers.DFineForObjectDetection(config).eval()


def detector(make, export):
    def run(folder, name):
        model = make()
        picture = waves(320) / 255
        export(model, picture, str(folder / f"{name}.onnx"))
        found = model(pixel_values=picture)
        note(folder, name, {"logits": found.logits, "boxes": found.pred_boxes})
    return run


def as_optimum(model, x, file):
    old(Detections(model), (x,), file, (["pixel_values"], ["logits", "pred_boxes"]), {"pixel_values": {0: "batch"}})


def as_dynamo(model, x, file):
    new(Detections(model), (x,), file, (["pixel_values"], ["logits", "pred_boxes"]))


def as_official(model, x, file):
    sizes = torch.tensor([[320, 320]])
    names = (["images", "orig_target_sizes"], ["labels", "boxes", "scores"])
    old(Deployed(model, 100), (x, sizes), file, names, {"images": {0: "N"}, "orig_target_sizes": {0: "N"}})


TRIES |= {
    "rtdetr": detector(rt_detr, as_optimum),
    "rtdetr_new": detector(rt_detr, as_dynamo),
    "rtdetr_official": detector(rt_detr, as_official),
    "dfine": detector(d_fine, as_optimum),
    "dfine_official": detector(d_fine, as_official),
}


class Conv(torch.nn.Sequential):
    """Convolution, batch normalisation and SiLU, as YOLOX's BaseConv."""

    def __init__(self, a, b, k=3, stride=1):
        super().__init__(torch.nn.Conv2d(a, b, k, stride, k // 2, bias=False), torch.nn.BatchNorm2d(b), torch.nn.SiLU())


class Yolox(torch.nn.Module):
    """
    A small backbone with YOLOX's decoupled head, and its outputs as tools/export_onnx.py of YOLOX 0.3 leaves them: scores after the
    sigmoid, boxes as the grid's numbers unless `decoded`.
    """

    def __init__(self, decoded, classes=80, width=16):
        super().__init__()
        self.decoded = decoded
        self.stem = torch.nn.Sequential(Conv(3, width, 3, 2), Conv(width, width, 3, 2), Conv(width, width, 3, 2))
        self.deeper = torch.nn.ModuleList([Conv(width, width, 3, 2), Conv(width, width, 3, 2)])
        self.of_class = torch.nn.ModuleList([Conv(width, width) for _ in range(3)])
        self.of_box = torch.nn.ModuleList([Conv(width, width) for _ in range(3)])
        self.classes = torch.nn.ModuleList([torch.nn.Conv2d(width, classes, 1) for _ in range(3)])
        self.boxes = torch.nn.ModuleList([torch.nn.Conv2d(width, 4, 1) for _ in range(3)])
        self.objects = torch.nn.ModuleList([torch.nn.Conv2d(width, 1, 1) for _ in range(3)])

    def forward(self, images):
        maps = [self.stem(images)]
        for layer in self.deeper:
            maps.append(layer(maps[-1]))
        outputs, grids, strides = [], [], []
        for i, x in enumerate(maps):
            box = self.of_box[i](x)
            outputs.append(torch.cat([self.boxes[i](box), self.objects[i](box).sigmoid(), self.classes[i](self.of_class[i](x)).sigmoid()], 1))
            h, w = x.shape[-2:]
            y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
            grids.append(torch.stack((x, y), 2).view(1, -1, 2))
            strides.append(torch.full((1, h * w, 1), 8 * 2**i))
        output = torch.cat([each.flatten(start_dim=2) for each in outputs], dim=2).permute(0, 2, 1)
        if not self.decoded:
            return output
        grid, stride = torch.cat(grids, 1).float(), torch.cat(strides, 1).float()
        return torch.cat([(output[..., :2] + grid) * stride, torch.exp(output[..., 2:4]) * stride, output[..., 4:]], dim=-1)


def yolox(decoded):
    def run(folder, name):
        model = spread(Yolox(decoded), 320, 255)
        for layer in model.objects:
            layer.weight.data *= 4
        picture = waves(320)
        old(model, (picture,), str(folder / f"{name}.onnx"), (["images"], ["output"]), opset=11)
        model.decoded = True
        note(folder, name, {"boxes": model(picture.flip(1))})  # blue, green, red
    return run


TRIES |= {"yolox": yolox(False), "yolox_decoded": yolox(True)}

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in sys.argv[2:] or TRIES:
        torch.manual_seed(17)
        try:
            with torch.no_grad():
                TRIES[name](folder, name)
            print(f"{name}: {(folder / f'{name}.onnx').stat().st_size} bytes")
        except Exception as error:
            failed = True
            print(f"{name}: {type(error).__name__}: {str(error)[-300:]}")
    sys.exit(failed)
