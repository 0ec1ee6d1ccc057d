import { text } from "../messages/text";
import type { Binding } from "./binding";
import { ARROW_KEYS, ARROWS, keyNames, shift, SHIFT_ARROWS } from "./key-names";

/** What a box over the photo in Loupe view does while it has the focus; it handles the keys itself. */
export function boxBindings(): Binding[] {
  const group = text("keys.group.boxes");
  const key = keyNames();
  return [
    { group, keys: [key.tab, shift(key.tab)], does: text("keys.nextBox"), in: ["box"], match: ["tab", "shift+tab"] },
    { group, keys: ["A"], does: text("keys.acceptBox"), in: ["box"], match: ["a"] },
    {
      group,
      keys: ["X", key.delete],
      does: text("keys.rejectBox"),
      alsoCalled: text("keys.rejectBox.also"),
      in: ["box"],
      match: ["x", "delete"],
    },
    {
      group,
      keys: ["F2"],
      does: text("keys.relabelBox"),
      alsoCalled: text("keys.relabelBox.also"),
      in: ["box"],
      match: ["f2"],
    },
    {
      group,
      keys: ["G"],
      does: text("keys.likeBox"),
      alsoCalled: text("keys.likeBox.also"),
      in: ["box"],
      match: ["g"],
    },
    { group, keys: [key.space], does: text("keys.highlightBox"), in: ["box"], match: [" "] },
    { group, keys: [key.enter], does: text("keys.editBox"), in: ["box"], match: ["enter"] },
    { group, keys: ARROW_KEYS, does: text("keys.moveBox"), in: ["box"], match: ARROWS },
    { group, keys: [key.shiftArrows], does: text("keys.resizeBox"), in: ["box"], match: SHIFT_ARROWS },
  ];
}
