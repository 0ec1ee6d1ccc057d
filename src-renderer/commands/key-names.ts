import { text } from "../messages/text";

const NAMED = {
  home: "keyName.home",
  end: "keyName.end",
  pageup: "keyName.pageUp",
  pagedown: "keyName.pageDown",
  enter: "keyName.enter",
  " ": "keyName.space",
  escape: "keyName.escape",
  delete: "keyName.delete",
  backspace: "keyName.backspace",
  tab: "keyName.tab",
} as const;
const SIGNS: Record<string, string> = { arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", "-": "−" };

export const ARROWS = ["arrowleft", "arrowright", "arrowup", "arrowdown"];
export const SHIFT_ARROWS = ARROWS.map((key) => `shift+${key}`);

/** A key as people read it: "ctrl+shift+e" is "Ctrl + Shift + E". */
export function shownKey(name: string): string {
  if (name.startsWith("ctrl+")) return text("keyName.ctrl", { key: shownKey(name.slice(5)) });
  if (name.startsWith("shift+")) return text("keyName.shift", { key: shownKey(name.slice(6)) });
  return name in NAMED ? text(NAMED[name as keyof typeof NAMED]) : (SIGNS[name] ?? name.toUpperCase());
}

/** A key as `aria-keyshortcuts` wants it: "Control+Shift+E". */
export const ariaKey = (name: string): string =>
  name
    .split(/(?<=.)\+(?=.)/)
    .map((part) => (part === "ctrl" ? "Control" : part === " " ? "Space" : part[0]!.toUpperCase() + part.slice(1)))
    .join("+");

/**
 * The name of a pressed key: "x", "shift+g", "ctrl+e" (⌘ too), "?". Signs are typed with or without Shift, depending on
 * the keyboard, so that their name has none.
 */
export function keyOf({
  key,
  shiftKey,
  ctrlKey,
  metaKey,
}: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey">): string {
  const name = key.toLowerCase();
  const isSign = name.length === 1 && !/[a-z\s]/.test(name);
  const command = ctrlKey || metaKey ? "ctrl+" : "";
  if (isSign && !command) return name;
  return `${command}${shiftKey ? "shift+" : ""}${name}`;
}

/** Keys that move, choose or close, or that browsers and systems keep for themselves. */
const RESERVED = new Set([
  ...["tab", "shift+tab", "enter", " ", "escape", "shift", "control", "alt", "meta", "capslock", "dead", "f1", "f5"],
  ...["f11", "f12", "ctrl+c", "ctrl+v", "ctrl+x", "ctrl+a", "ctrl+t", "ctrl+n", "ctrl+w", "ctrl+r", "ctrl+q"],
  ...["ctrl+shift+t", "ctrl+shift+n", "ctrl+shift+w", "ctrl+shift+i", "home", "end", "pageup", "pagedown"],
  ...["1", "2", "3", "4", "5", "6", "7", "8", "9", ...ARROWS, ...SHIFT_ARROWS],
]);

/** Whether a command can have the key: digits and letters with Shift apply labels. */
export const isReserved = (name: string): boolean => RESERVED.has(name) || /^shift\+[a-fh-wy]$/.test(name);
