import { type Command, Option } from "commander";
import { onDemand } from "./on-demand";
import { count, examples, jsonOption, share, threeNumbers } from "./option-values";

/** `semblance packs add`. @param packs the command `semblance packs` */
export function addPacksAddCommand(packs: Command): void {
  packs
    .command("add")
    .description(
      "install a pack's folder, or make a pack from a network in an ONNX file; asks for what the file doesn't say",
    )
    .argument(
      "<folder|file.onnx>",
      "a pack, a classifier of timm or torchvision, or a YOLOX, RT-DETR or D-FINE detector",
    )
    .option("--name <NAME>", "name of the new pack (default: the file's)")
    .option("--overwrite", "replace an installed pack of that name")
    .addOption(
      new Option("--kind <KIND>", "refuse a network of another kind").choices(["classifier", "objects"] as const),
    )
    .option("--labels <LIST>", "names of the classes: imagenet-1k, coco, or a text, JSON or CSV file")
    .option("--resize <PIXELS>", "of a classifier: scale a photo's short side to this, then crop the middle", count)
    .option("--size <PIXELS>", "side of the network's square input, if it takes any", count)
    .option("--mean <R,G,B>", "mean of the pixels that the network is trained with, for pixels of 0 to 1", threeNumbers)
    .option("--std <R,G,B>", "their standard deviation", threeNumbers)
    .option("--to <NAME|DIR>", "of a detector: the pack whose classifier it is added to; that pack stays as it is")
    .option("--threshold <P>", "of a detector: minimum score of its boxes, 0 to 1 (default: 0.5)", share)
    .option("--licence <TEXT>", "the network's licence, to remember")
    .option("--source <TEXT>", "where the network is from, to remember")
    .option("--usual", "take the usual answer for what is neither given nor in the file")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples(
        "semblance packs add resnet50.onnx",
        "semblance packs add resnet50.onnx --labels imagenet-1k --resize 256 --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225",
        "semblance packs add yolox_s.onnx --to efficientnet-lite2 --labels coco --name lite2-yolox",
        "semblance packs add ~/Downloads/pack",
      ),
    )
    .action(onDemand(async () => (await import("./packs-add")).addPackFrom));
}
