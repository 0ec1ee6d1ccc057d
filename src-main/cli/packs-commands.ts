import { type Command, Option } from "commander";
import { onDemand } from "./on-demand";
import { examples, jsonOption } from "./option-values";
import { addPacksAddCommand } from "./packs-add-command";

/** `semblance packs …`: the model packs on this computer, and those that can be downloaded. */
export function addPacksCommands(program: Command): void {
  const packs = program.command("packs").description("list, download, add, check and remove model packs");

  packs
    .command("list", { isDefault: true })
    .description("list the packs on this computer and those that can be downloaded")
    .option("--measure", "first run each pack's network on ten pictures and remember its speed")
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance packs list", "semblance packs list --measure"))
    .action(onDemand(async () => (await import("./packs")).showPacks));

  packs
    .command("get")
    .description("download a pack from the model hub, check it and install it; continues an interrupted download")
    .argument("<name>", "name that semblance packs list shows")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nConnects to https://huggingface.co, or to the hub that SEMBLANCE_HUB names. No other command opens a connection\nto another computer.\n" +
        examples("semblance packs get siglip2-base"),
    )
    .action(onDemand(async () => (await import("./packs")).getPack));

  packs
    .command("check")
    .description("read a pack whole (hashes, graphs, shapes) and run its networks on ten pictures")
    .argument("<name|folder>", "installed or bundled pack, or a pack's folder")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("semblance packs check efficientnet-lite2", "semblance packs check ~/Downloads/pack"),
    )
    .action(onDemand(async () => (await import("./packs")).showCheck));

  addPacksAddCommand(packs);

  packs
    .command("remove")
    .description("delete an installed pack, or what an interrupted download left of one")
    .argument("<name>", "installed pack")
    .addOption(
      new Option("--force", "also if a library uses it: its labels stay, but new photos there can't be labelled"),
    )
    .addOption(jsonOption())
    .addHelpText("after", examples("semblance packs remove siglip2-base"))
    .action(onDemand(async () => (await import("./packs")).removeInstalledPack));
}
