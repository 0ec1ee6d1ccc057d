import type { Semblance } from "../state/semblance.svelte";
import type { Situation } from "./binding";
import { bindingOf } from "./bindings";

const GRID_KEYS = new Set([
  "arrowleft",
  "arrowright",
  "arrowup",
  "arrowdown",
  "home",
  "end",
  "pageup",
  "pagedown",
  "enter",
  " ",
  "escape",
]);

/** Runs what the key is bound to. Keys pressed while typing, in a menu or in a dialog are left alone. */
export function handleKey(app: Semblance, event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || event.altKey || isTyping(event.target)) return;
  if (!app.library.info || app.dialog !== null) return;
  const key = event.key.toLowerCase();
  if (
    (key === "enter" || key === " ") &&
    event.target instanceof Element &&
    event.target.closest("button, a, summary, [role=slider]")
  )
    return;
  const command = event.ctrlKey || event.metaKey;
  if (event.target === document.body && !app.lightbox && isOfTiles(app) && GRID_KEYS.has(key) && !command)
    return app.gridKey(event);

  const binding = bindingOf(namesOf(event), situationOf(app));
  if (!binding?.run) return;
  event.preventDefault();
  // While the next photos are loading, keys are meant for them.
  if (app.reviewing.turning) void app.reviewing.turning.then(() => binding.run?.(app, event));
  else binding.run(app, event);
}

const isOfTiles = ({ browse }: Semblance) => browse.ofPhotos || browse.place.kind === "boxes";

function situationOf({ browse, lightbox, viewing }: Semblance): Situation {
  if (lightbox) return viewing.compared.length > 0 ? "compare" : "large";
  const { kind } = browse.place;
  if (kind === "map" || kind === "labels" || kind === "boxes") return kind;
  return browse.ofPhotos ? "photos" : "pages";
}

/** Names that a pressed key may be bound by. Signs are typed with or without Shift, depending on the keyboard. */
export function namesOf({
  key,
  shiftKey,
  ctrlKey,
  metaKey,
}: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey">): string[] {
  const name = key.toLowerCase();
  const sign = name.length === 1 && !/[a-z\s]/.test(name);
  const command = ctrlKey || metaKey ? "ctrl+" : "";
  if (sign && !command) return [name];
  return [`${command}${shiftKey ? "shift+" : ""}${name}`];
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("[role=menu], [contenteditable=true]")) return true;
  if (target.closest("[role=listbox]") && !target.closest("[data-window-keys]")) return true;
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type))
  );
}
