import { text } from "../messages/text";
import type { Semblance } from "../state/semblance.svelte";
import type { Command } from "./command";

/** All boxes of a label. The list handles the keys that move and select. */
export function boxTileCommands(): Command[] {
  const group = text("keys.group.boxTiles");
  const onBoxes = {
    group,
    in: ["boxes" as const],
    unavailable: ({ labelBoxes }: Semblance) => (labelBoxes.meant.length > 0 ? null : text("command.needsBox")),
  };
  return [
    {
      id: "view.boxes",
      group,
      keys: ["b"],
      name: text("keys.boxTiles"),
      alsoCalled: text("keys.boxTiles.also"),
      in: ["photos", "map", "labels", "boxes", "pages"],
      run: showOrLeave,
    },
    {
      ...onBoxes,
      id: "boxes.accept",
      keys: ["w", "a"],
      name: text("keys.acceptBoxes"),
      run: ({ labelBoxes }) => labelBoxes.judge("accept"),
    },
    {
      ...onBoxes,
      id: "boxes.reject",
      keys: ["x", "delete"],
      name: text("keys.rejectBoxes"),
      run: ({ labelBoxes }) => labelBoxes.judge("reject"),
    },
    {
      ...onBoxes,
      id: "boxes.relabel",
      keys: ["r", "f2"],
      name: text("keys.relabelBoxes"),
      run: ({ labelBoxes }) => {
        labelBoxes.relabelling = labelBoxes.meant.length > 0;
      },
    },
  ];
}

function showOrLeave({ browse, labelBoxes, labelCards }: Semblance) {
  const { place } = browse;
  if (place.kind === "boxes") browse.go({ kind: "all" });
  else if (place.kind === "label") labelBoxes.open(place);
  else if (place.kind === "labels" && labelCards.card) labelBoxes.open(labelCards.card);
  else labelBoxes.open();
}
