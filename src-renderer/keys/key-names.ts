import { text } from "../messages/text";

/** Keys as they are shown to people, in the window's language. */
export const keyNames = () => ({
  home: text("keyName.home"),
  end: text("keyName.end"),
  pageUp: text("keyName.pageUp"),
  pageDown: text("keyName.pageDown"),
  enter: text("keyName.enter"),
  space: text("keyName.space"),
  escape: text("keyName.escape"),
  delete: text("keyName.delete"),
  tab: text("keyName.tab"),
  shiftArrows: text("keyName.shiftArrows"),
  shiftLetter: text("keyName.shiftLetter"),
});
export const ctrl = (key: string): string => text("keyName.ctrl", { key });
export const shift = (key: string): string => text("keyName.shift", { key });

export const ARROW_KEYS = ["←", "→", "↑", "↓"];
/** The same keys as `Binding.match` has them. */
export const ARROWS = ["arrowleft", "arrowright", "arrowup", "arrowdown"];
export const SHIFT_ARROWS = ARROWS.map((key) => `shift+${key}`);
