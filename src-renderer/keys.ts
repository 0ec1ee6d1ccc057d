import type { Semblance } from "./state/semblance.svelte";

/**
 * Where keys are pressed: in a view of photos, over a photo opened large or several side by side, on the map, among the
 * labels, elsewhere.
 */
export type Situation = "photos" | "large" | "compare" | "map" | "labels" | "pages";
export const SITUATIONS: Situation[] = ["photos", "large", "compare", "map", "labels", "pages"];
export const GROUPS = ["Photos", "Labels", "Opened large", "Map", "Managing labels", "Window"] as const;

export interface Binding {
  /** As shown to people, one entry per alternative. */
  keys: string[];
  does: string;
  group: (typeof GROUPS)[number];
  /** Other words that it is looked for by. */
  alsoCalled?: string;
  /** Everywhere where absent. */
  in?: Situation[];
  /** `KeyboardEvent.key`, lower case, with `ctrl+` (⌘ too) and `shift+` before it where that matters. */
  match: string[];
  /** Absent where the part that has the focus handles the key itself. */
  run?: (app: Semblance, event: KeyboardEvent) => void;
}

const ARROWS = ["arrowleft", "arrowright", "arrowup", "arrowdown"];
const LARGE: Situation[] = ["large", "compare"];
const OF_PHOTOS: Situation[] = ["photos", "large", "compare", "map"];
const NOT_LABELS: Situation[] = [...OF_PHOTOS, "pages"];
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
/** Shift and these letters are the window's own. */
const TAKEN = ["g", "z"];

export const BINDINGS: Binding[] = [
  { group: "Photos", keys: ["←", "→", "↑", "↓"], does: "Move between photos", in: ["photos"], match: ARROWS },
  {
    group: "Photos",
    keys: ["Shift + arrows"],
    does: "Extend the selection",
    in: ["photos"],
    match: ARROWS.map((key) => `shift+${key}`),
  },
  { group: "Photos", keys: ["Home", "End"], does: "First, last photo", in: ["photos"], match: ["home", "end"] },
  {
    group: "Photos",
    keys: ["Page Up", "Page Down"],
    does: "A screen up, down",
    in: ["photos"],
    match: ["pageup", "pagedown"],
  },
  {
    group: "Photos",
    keys: ["Ctrl + A", "⌘ A"],
    does: "Select all photos of the view",
    in: ["photos"],
    match: ["ctrl+a"],
  },
  { group: "Photos", keys: ["Enter", "Space"], does: "Open the photo large", in: ["photos"], match: ["enter", " "] },
  { group: "Photos", keys: ["Esc"], does: "Clear the selection", in: ["photos"], match: ["escape"] },
  {
    group: "Photos",
    keys: ["N"],
    does: "The next photo that Semblance is unsure of",
    alsoCalled: "review queue worth a look",
    in: NOT_LABELS,
    match: ["n"],
    run: (app) => app.reviewing.next(),
  },
  {
    group: "Photos",
    keys: ["D"],
    does: "Photos whose labels changed with the last learning",
    alsoCalled: "difference before after",
    match: ["d"],
    run: (app) => {
      app.lightbox = false;
      void app.changes.show();
    },
  },
  {
    group: "Photos",
    keys: ["C"],
    does: "Compare two to four selected photos side by side; again ends it",
    in: OF_PHOTOS,
    match: ["c"],
    run: (app) => app.compare(),
  },
  {
    group: "Photos",
    keys: ["G"],
    does: "Show photos like the selected; among those, look for these too",
    alsoCalled: "similar",
    in: OF_PHOTOS,
    match: ["g"],
    run: (app) => app.likening.like(),
  },
  {
    group: "Photos",
    keys: ["Shift + G"],
    does: "Among similar photos, leave out those like the selected",
    in: OF_PHOTOS,
    match: ["shift+g"],
    run: (app) => app.likening.unlike(),
  },

  {
    group: "Labels",
    keys: ["1 – 9"],
    does: "Accept the n-th label; again takes it back",
    in: OF_PHOTOS,
    match: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
    run: (app, event) => void app.judging.acceptNth(Number(event.key) - 1),
  },
  {
    group: "Labels",
    keys: ["X"],
    does: "Reject the highlighted label",
    in: OF_PHOTOS,
    match: ["x"],
    run: (app) => void app.judging.rejectHighlighted(),
  },
  {
    group: "Labels",
    keys: ["J", "K"],
    does: "Highlight the next, previous label",
    in: OF_PHOTOS,
    match: ["j", "k"],
    run: (app, event) => void app.judging.moveHighlight(event.key.toLowerCase() === "j" ? 1 : -1),
  },
  {
    group: "Labels",
    keys: ["P"],
    does: "Show or hide the guesses: labels that are possible, but not sure",
    alsoCalled: "perhaps unsure",
    in: OF_PHOTOS,
    match: ["p"],
    run: (app) => app.inspected.toggleGuesses(),
  },
  {
    group: "Labels",
    keys: ["."],
    does: "Give the label that was given last, again",
    alsoCalled: "repeat apply same",
    in: OF_PHOTOS,
    match: ["."],
    run: (app) => void app.judging.again(),
  },
  {
    group: "Labels",
    keys: ["T"],
    does: "Type a label",
    alsoCalled: "add tag",
    in: OF_PHOTOS,
    match: ["t"],
    run: (app) => app.typeLabel(),
  },
  {
    group: "Labels",
    keys: ["W"],
    does: "Say why the highlighted label is there",
    in: OF_PHOTOS,
    match: ["w"],
    run: (app) => void app.explaining.toggleHighlighted(),
  },
  {
    group: "Labels",
    keys: ["Shift + a letter"],
    does: "Give the label that has this key; again takes it back (keys are given in “Manage labels”)",
    in: OF_PHOTOS,
    match: LETTERS.filter((letter) => !TAKEN.includes(letter)).map((letter) => `shift+${letter}`),
    run: (app, event) => {
      const label = app.labelCards.keys.get(event.key.toUpperCase());
      if (label) void app.judging.toggle(label);
    },
  },
  {
    group: "Labels",
    keys: ["U"],
    does: "Among likely mislabels: take the suggested label",
    in: OF_PHOTOS,
    match: ["u"],
    run: (app) => void app.reviewing.takeSuggested(),
  },
  {
    group: "Labels",
    keys: ["V"],
    does: "Among duplicates: give the photo’s labels to its whole group",
    alsoCalled: "spread",
    in: OF_PHOTOS,
    match: ["v"],
    run: (app) => void app.reviewing.spreadFocused(),
  },
  {
    group: "Labels",
    keys: ["Q"],
    does: "Learn now from all verdicts, as a version that is kept",
    alsoCalled: "retrain",
    match: ["q"],
    run: (app) => void app.retraining.start(),
  },
  {
    group: "Labels",
    keys: ["Z", "Ctrl + Z"],
    does: "Undo",
    match: ["z", "ctrl+z"],
    run: (app) => void app.judging.undo(),
  },
  {
    group: "Labels",
    keys: ["Shift + Z", "Y"],
    does: "Redo",
    match: ["shift+z", "y", "ctrl+shift+z", "ctrl+y"],
    run: (app) => void app.judging.redo(),
  },

  {
    group: "Opened large",
    keys: ["←", "→", "↑", "↓"],
    does: "The photo before, after; nearer than the whole, move what is seen",
    alsoCalled: "pan",
    in: LARGE,
    match: ARROWS,
    run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), false),
  },
  {
    group: "Opened large",
    keys: ["Shift + arrows"],
    does: "Move what is seen by half of it",
    alsoCalled: "pan",
    in: LARGE,
    match: ARROWS.map((key) => `shift+${key}`),
    run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), true),
  },
  {
    group: "Opened large",
    keys: ["Page Up", "Page Down"],
    does: "The photo before, after, as near as this one",
    in: LARGE,
    match: ["pageup", "pagedown"],
    run: ({ viewing }, event) => viewing.go(event.key === "PageUp" ? -1 : 1),
  },
  {
    group: "Opened large",
    keys: ["Home", "End"],
    does: "First, last photo of the view",
    in: LARGE,
    match: ["home", "end"],
    run: ({ viewing }, event) => viewing.goTo(event.key === "Home" ? "first" : "last"),
  },
  {
    group: "Opened large",
    keys: ["+", "−"],
    does: "Nearer, further away",
    alsoCalled: "zoom in out",
    in: LARGE,
    match: ["+", "=", "-"],
    run: ({ viewing }, event) => viewing.zoom(event.key === "-" ? 1 / 1.5 : 1.5),
  },
  {
    group: "Opened large",
    keys: ["0"],
    does: "The photo's own pixels (100 %), or the whole photo; also a double click",
    alsoCalled: "zoom fit",
    in: LARGE,
    match: ["0"],
    run: ({ viewing }) => viewing.toggleZoom(),
  },
  {
    group: "Opened large",
    keys: ["B"],
    does: "Show or hide the filmstrip",
    in: LARGE,
    match: ["b"],
    run: ({ appearance }) => {
      appearance.filmstrip = !appearance.filmstrip;
    },
  },
  {
    group: "Opened large",
    keys: ["Esc", "Enter", "Space"],
    does: "Back to the view",
    alsoCalled: "close",
    in: LARGE,
    match: ["enter", " "],
    run: (app) => {
      app.lightbox = false;
    },
  },

  {
    group: "Map",
    keys: ["M"],
    does: "Show or leave the map",
    in: NOT_LABELS,
    match: ["m"],
    run: ({ browse }) => browse.go({ kind: browse.place.kind === "map" ? "all" : "map" }),
  },
  {
    group: "Map",
    keys: ["L"],
    does: "Select by an outline; also Shift + drag",
    alsoCalled: "lasso",
    in: ["map"],
    match: ["l"],
    run: ({ mapping }) => {
      mapping.lasso = !mapping.lasso;
    },
  },
  { group: "Map", keys: ["←", "→", "↑", "↓"], does: "Move the map", alsoCalled: "pan", in: ["map"], match: ARROWS },
  {
    group: "Map",
    keys: ["+", "−"],
    does: "Nearer, further away",
    alsoCalled: "zoom in out",
    in: ["map"],
    match: ["+", "=", "-"],
  },
  {
    group: "Map",
    keys: ["0", "Home"],
    does: "The whole map",
    alsoCalled: "zoom fit",
    in: ["map"],
    match: ["0", "home"],
  },
  {
    group: "Map",
    keys: ["Enter", "Space"],
    does: "Select the photo in the middle; again opens it large",
    in: ["map"],
    match: ["enter", " "],
  },
  { group: "Map", keys: ["Ctrl + A", "⌘ A"], does: "Select what is seen of the map", in: ["map"], match: ["ctrl+a"] },
  { group: "Map", keys: ["Esc"], does: "Give up the outline, or clear the selection", in: ["map"], match: ["escape"] },

  {
    group: "Managing labels",
    keys: ["↑", "↓", "Page Up", "Page Down", "Home", "End"],
    does: "Move between labels",
    in: ["labels"],
    match: ["arrowup", "arrowdown", "pageup", "pagedown", "home", "end"],
  },
  { group: "Managing labels", keys: ["Space"], does: "Choose the label, or no longer", in: ["labels"], match: [" "] },
  { group: "Managing labels", keys: ["Enter", "F2"], does: "Rename", in: ["labels"], match: ["enter", "f2"] },
  { group: "Managing labels", keys: ["M"], does: "Merge the chosen labels into another", in: ["labels"], match: ["m"] },
  { group: "Managing labels", keys: ["Delete"], does: "Delete the chosen labels", in: ["labels"], match: ["delete"] },
  { group: "Managing labels", keys: ["Esc"], does: "Choose none", in: ["labels"], match: ["escape"] },

  {
    group: "Window",
    keys: ["/", "Ctrl + F"],
    does: "Search",
    match: ["/", "ctrl+f"],
    run: (app) => {
      app.lightbox = false;
      app.focusSearch();
    },
  },
  {
    group: "Window",
    keys: ["F"],
    does: "Filter by clicking",
    match: ["f"],
    run: (app) => {
      app.lightbox = false;
      app.openFilters();
    },
  },
  {
    group: "Window",
    keys: ["S"],
    does: "Save what is shown as a set",
    match: ["s"],
    run: (app) => {
      app.lightbox = false;
      app.nameSet();
    },
  },
  {
    group: "Window",
    keys: ["F2", "Delete"],
    does: "On a set: rename, delete",
    in: ["photos", "map", "pages"],
    match: ["f2", "delete"],
  },
  {
    group: "Window",
    keys: ["["],
    does: "Show or hide the sidebar",
    match: ["["],
    run: ({ appearance }) => {
      appearance.sidebar = !appearance.sidebar;
    },
  },
  {
    group: "Window",
    keys: ["]", "I"],
    does: "Show or hide the inspector",
    match: ["]", "i"],
    run: ({ appearance }) => {
      appearance.inspector = !appearance.inspector;
    },
  },
  {
    group: "Window",
    keys: ["+", "−"],
    does: "Larger, smaller thumbnails",
    in: ["photos"],
    match: ["+", "=", "-"],
    run: ({ appearance }, event) => {
      appearance.thumbnail += event.key === "-" ? -24 : 24;
    },
  },
  {
    group: "Window",
    keys: ["E"],
    does: "Show or leave the evaluation",
    match: ["e"],
    run: ({ browse }) => browse.go({ kind: browse.place.kind === "evaluation" ? "all" : "evaluation" }),
  },
  {
    group: "Window",
    keys: ["H"],
    does: "Show or leave the versions: the history of what was learned",
    alsoCalled: "models",
    match: ["h"],
    run: (app) => {
      app.lightbox = false;
      app.browse.go({ kind: app.browse.place.kind === "versions" ? "all" : "versions" });
    },
  },
  {
    group: "Window",
    keys: ["O"],
    does: "Import labels of other programs",
    alsoCalled: "XMP keywords CSV COCO",
    match: ["o"],
    run: (app) => {
      app.lightbox = false;
      app.dialog = "import";
    },
  },
  {
    group: "Window",
    keys: ["?"],
    does: "Show this list",
    alsoCalled: "help shortcuts",
    match: ["?"],
    run: (app) => {
      app.dialog = "keys";
    },
  },
];

/** Bindings that the words of a text describe, or whose key it names. */
export function bindingsFor(text: string): Binding[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  return BINDINGS.filter(({ does, keys, group, alsoCalled = "" }) => {
    const said = `${does} ${group} ${alsoCalled}`.toLowerCase();
    return words.every((word) => said.includes(word)) || keys.some((key) => key.toLowerCase() === wanted);
  });
}

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

/** Runs what the key is bound to. A key pressed while typing, in a menu or in a dialog is left alone. */
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
  if (event.target === document.body && !app.lightbox && app.browse.ofPhotos && GRID_KEYS.has(key) && !command)
    return app.gridKey(event);

  const binding = bindingOf(namesOf(event), situationOf(app));
  if (!binding?.run) return;
  event.preventDefault();
  // While the next photos are on their way, keys are meant for them.
  if (app.reviewing.turning) void app.reviewing.turning.then(() => binding.run?.(app, event));
  else binding.run(app, event);
}

export function situationOf({ browse, lightbox, viewing }: Semblance): Situation {
  if (lightbox) return viewing.compared.length > 0 ? "compare" : "large";
  const { kind } = browse.place;
  if (kind === "map" || kind === "labels") return kind;
  return browse.ofPhotos ? "photos" : "pages";
}

/** Names that a pressed key may be bound by. Signs that are typed with Shift need none. */
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

export function bindingOf(names: string[], situation: Situation): Binding | undefined {
  return BINDINGS.find(
    (binding) => (!binding.in || binding.in.includes(situation)) && binding.match.some((name) => names.includes(name)),
  );
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
