import type { Semblance } from "./state/semblance.svelte";

export interface Binding {
  /** As shown to people, one entry per alternative. */
  keys: string[];
  does: string;
  group: "Photos" | "Labels" | "Window";
  /** Absent where the part that has the focus handles the key itself. */
  run?: (app: Semblance, event: KeyboardEvent) => void;
  /** `KeyboardEvent.key`, lower case, with `shift+` before it where that matters. */
  match?: string[];
}

export const BINDINGS: Binding[] = [
  { group: "Photos", keys: ["←", "→", "↑", "↓"], does: "Move between photos" },
  { group: "Photos", keys: ["Shift + arrows"], does: "Extend the selection" },
  { group: "Photos", keys: ["Home", "End"], does: "First, last photo" },
  { group: "Photos", keys: ["Page Up", "Page Down"], does: "A screen up, down" },
  { group: "Photos", keys: ["Ctrl + A", "⌘ A"], does: "Select all photos of the view" },
  { group: "Photos", keys: ["Enter", "Space"], does: "Open the photo large" },
  { group: "Photos", keys: ["Esc"], does: "Close, or clear the selection" },
  {
    group: "Labels", keys: ["1 – 9"], does: "Accept the n-th label; again takes it back",
    match: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    run: (app, event) => void app.judging.acceptNth(Number(event.key) - 1),
  },
  { group: "Labels", keys: ["X"], does: "Reject the highlighted label", match: ["x"], run: (app) => void app.judging.rejectHighlighted() },
  { group: "Labels", keys: ["J", "K"], does: "Highlight the next, previous label", match: ["j", "k"], run: (app, event) => app.inspected.moveHighlight(event.key.toLowerCase() === "j" ? 1 : -1) },
  { group: "Labels", keys: ["T"], does: "Type a label", match: ["t"], run: (app) => app.focusAddLabel() },
  { group: "Labels", keys: ["W"], does: "Say why the highlighted label is there", match: ["w"], run: (app) => void app.explaining.toggleHighlighted() },
  { group: "Labels", keys: ["Shift + a letter"], does: "Give the label that has this key; again takes it back (keys are given in “Manage labels”)" },
  { group: "Photos", keys: ["N"], does: "The next photos that are worth a look", match: ["n"], run: (app) => void app.reviewing.next() },
  { group: "Labels", keys: ["U"], does: "Among likely mislabels: take the suggested label", match: ["u"], run: (app) => void app.reviewing.takeSuggested() },
  { group: "Labels", keys: ["V"], does: "Among duplicates: give the photo’s labels to its whole group", match: ["v"], run: (app) => void app.reviewing.spreadFocused() },
  { group: "Labels", keys: ["Z"], does: "Undo", match: ["z"], run: (app) => void app.judging.undo() },
  { group: "Labels", keys: ["Shift + Z", "Y"], does: "Redo", match: ["shift+z", "y"], run: (app) => void app.judging.redo() },
  { group: "Window", keys: ["/"], does: "Search", match: ["/"], run: (app) => { app.lightbox = false; app.focusSearch(); } },
  { group: "Window", keys: ["F"], does: "Filter by clicking", match: ["f"], run: (app) => { app.lightbox = false; app.openFilters(); } },
  { group: "Window", keys: ["S"], does: "Save what is shown as a set", match: ["s"], run: (app) => { app.lightbox = false; app.nameSet(); } },
  { group: "Window", keys: ["["], does: "Show or hide the sidebar", match: ["["], run: ({ appearance }) => { appearance.sidebar = !appearance.sidebar; } },
  { group: "Window", keys: ["]", "I"], does: "Show or hide the inspector", match: ["]", "i"], run: ({ appearance }) => { appearance.inspector = !appearance.inspector; } },
  { group: "Window", keys: ["+", "−"], does: "Larger, smaller thumbnails", match: ["+", "=", "-"], run: ({ appearance }, event) => { appearance.thumbnail += event.key === "-" ? -24 : 24; } },
  { group: "Photos", keys: ["G"], does: "Show photos like the selected; among those, look for these too", match: ["g"], run: (app) => app.likening.like() },
  { group: "Photos", keys: ["Shift + G"], does: "Among similar photos, leave out those like the selected", match: ["shift+g"], run: (app) => app.likening.unlike() },
  { group: "Window", keys: ["M"], does: "Show or leave the map", match: ["m"], run: ({ browse }) => browse.go({ kind: browse.place.kind === "map" ? "all" : "map" }) },
  {
    group: "Window", keys: ["L"], does: "On the map: select by an outline; also Shift + drag",
    match: ["l"], run: ({ browse, mapping }) => { if (browse.place.kind === "map") mapping.lasso = !mapping.lasso; },
  },
  { group: "Window", keys: ["E"], does: "Show or leave the evaluation", match: ["e"], run: ({ browse }) => browse.go({ kind: browse.place.kind === "evaluation" ? "all" : "evaluation" }) },
  { group: "Labels", keys: ["Q"], does: "Learn now from all verdicts, as a version that is kept", match: ["q"], run: (app) => void app.retraining.start() },
  { group: "Photos", keys: ["D"], does: "Photos whose labels changed with the last learning", match: ["d"], run: (app) => { app.lightbox = false; void app.changes.show(); } },
  { group: "Window", keys: ["H"], does: "Show or leave the versions: the history of what was learned", match: ["h"], run: (app) => { app.lightbox = false; app.browse.go({ kind: app.browse.place.kind === "versions" ? "all" : "versions" }); } },
  { group: "Window", keys: ["O"], does: "Import labels of other programs", match: ["o"], run: (app) => { app.lightbox = false; app.dialog = "import"; } },
  { group: "Window", keys: ["?"], does: "Show this list", match: ["?", "shift+?"], run: (app) => { app.dialog = "keys"; } },
];

const GRID_KEYS = new Set(["arrowleft", "arrowright", "arrowup", "arrowdown", "home", "end", "pageup", "pagedown", "enter", " ", "escape"]);

/** Runs what the key is bound to. A key pressed while typing, in a menu or in a dialog is left alone. */
export function handleKey(app: Semblance, event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing || isTyping(event.target)) return;
  if (!app.library.info || app.dialog !== null) return;
  const key = event.key.toLowerCase();
  if (event.target === document.body && !app.lightbox && app.browse.ofPhotos && GRID_KEYS.has(key)) return app.gridKey(event);

  if (event.ctrlKey || event.metaKey) {
    if (key === "z" && !event.altKey) void (event.shiftKey ? app.judging.redo() : app.judging.undo());
    else if (key === "f") app.focusSearch();
    else return;
    event.preventDefault();
    return;
  }
  if (event.altKey) return;

  const pressed = event.shiftKey ? [`shift+${key}`, ...(key.length === 1 && !/[a-z]/.test(key) ? [key] : [])] : [key];
  // Keys that a person gave labels, unless the window has a use of its own for them.
  const given = event.shiftKey && !BINDINGS.some(({ match }) => match?.includes(`shift+${key}`)) ? app.labelCards.keys.get(key.toUpperCase()) : undefined;
  if (given) {
    event.preventDefault();
    return void app.judging.toggle(given);
  }
  const binding = BINDINGS.find(({ match }) => match?.some((name) => pressed.includes(name)));
  if (!binding?.run) return;
  event.preventDefault();
  binding.run(app, event);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("[role=menu], [role=listbox], [contenteditable=true]")) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type));
}
