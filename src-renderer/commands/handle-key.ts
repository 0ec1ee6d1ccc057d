import type { Semblance } from "../state/semblance.svelte";
import { boundTo, situationOf, whyNot } from "./commands";
import { keyOf } from "./key-names";

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
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  if (!app.library.info || app.dialog !== null) return;
  const name = keyOf(event);
  // The palette opens from anywhere, also while typing.
  if (isTyping(event.target) && !app.keymap.keysOf("window.palette").includes(name)) return;
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

  const bound = boundTo(name, situationOf(app), (each) => app.keymap.keysOf(each.id));
  if (!bound?.run) return;
  event.preventDefault();
  const run = () => {
    const reason = "id" in bound ? whyNot(app, bound) : null;
    if (reason !== null) app.toasts.say(reason);
    else bound.run?.(app, event);
  };
  // While the next photos are loading, keys are meant for them.
  if (app.reviewing.turning) void app.reviewing.turning.then(run);
  else run();
}

const isOfTiles = ({ browse }: Semblance) => browse.ofPhotos || browse.place.kind === "boxes";

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
