import { text } from "../messages/text";
import type { Semblance } from "../state/semblance.svelte";
import type { Binding } from "./binding";
import { ARROW_KEYS, ARROWS, ctrl, keyNames, SHIFT_ARROWS } from "./key-names";

/** All boxes of a label. The list handles the keys that move and select. */
export function boxTileBindings(): Binding[] {
  const group = text("keys.group.boxTiles");
  const key = keyNames();
  return [
    {
      group,
      keys: ["B"],
      does: text("keys.boxTiles"),
      alsoCalled: text("keys.boxTiles.also"),
      in: ["photos", "map", "labels", "boxes", "pages"],
      match: ["b"],
      run: showOrLeave,
    },
    { group, keys: ARROW_KEYS, does: text("keys.moveBetweenBoxes"), in: ["boxes"], match: ARROWS },
    { group, keys: [key.shiftArrows], does: text("keys.extendBoxSelection"), in: ["boxes"], match: SHIFT_ARROWS },
    {
      group,
      keys: [key.home, key.end, key.pageUp, key.pageDown],
      does: text("keys.firstLastBox"),
      in: ["boxes"],
      match: ["home", "end", "pageup", "pagedown"],
    },
    { group, keys: [ctrl("A"), "⌘ A"], does: text("keys.selectAllBoxes"), in: ["boxes"], match: ["ctrl+a"] },
    {
      group,
      keys: ["W", "A"],
      does: text("keys.acceptBoxes"),
      in: ["boxes"],
      match: ["w", "a"],
      run: ({ labelBoxes }) => labelBoxes.judge("accept"),
    },
    {
      group,
      keys: ["X", key.delete],
      does: text("keys.rejectBoxes"),
      in: ["boxes"],
      match: ["x", "delete"],
      run: ({ labelBoxes }) => labelBoxes.judge("reject"),
    },
    {
      group,
      keys: ["R", "F2"],
      does: text("keys.relabelBoxes"),
      in: ["boxes"],
      match: ["r", "f2"],
      run: ({ labelBoxes }) => {
        labelBoxes.relabelling = labelBoxes.meant.length > 0;
      },
    },
    {
      group,
      keys: [key.enter, key.space],
      does: text("keys.openBox"),
      in: ["boxes"],
      match: ["enter", " "],
      run: (app) => void app.enlargeBox(),
    },
    { group, keys: [key.escape], does: text("keys.clearSelection"), in: ["boxes"], match: ["escape"] },
  ];
}

function showOrLeave({ browse, labelBoxes, labelCards }: Semblance) {
  const { place } = browse;
  if (place.kind === "boxes") browse.go({ kind: "all" });
  else if (place.kind === "label") labelBoxes.open(place);
  else if (place.kind === "labels" && labelCards.card) labelBoxes.open(labelCards.card);
  else labelBoxes.open();
}
