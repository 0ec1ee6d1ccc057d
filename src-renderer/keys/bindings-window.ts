import { text } from "../messages/text";
import type { Binding } from "./binding";
import { ctrl, keyNames } from "./key-names";

const THUMBNAIL_STEP = 24; // pixels per key press

export function windowBindings(): Binding[] {
  const group = text("keys.group.window");
  const key = keyNames();
  return [
    {
      group,
      keys: ["/", ctrl("F")],
      does: text("keys.search"),
      match: ["/", "ctrl+f"],
      run: (app) => {
        app.lightbox = false;
        app.focusSearch();
      },
    },
    {
      group,
      keys: ["F"],
      does: text("keys.filter"),
      match: ["f"],
      run: (app) => {
        app.lightbox = false;
        app.openFilters();
      },
    },
    {
      group,
      keys: ["S"],
      does: text("keys.saveSearch"),
      alsoCalled: text("keys.saveSearch.also"),
      match: ["s"],
      run: (app) => {
        app.lightbox = false;
        app.nameSearch();
      },
    },
    {
      group,
      keys: ["F2", key.delete],
      does: text("keys.savedSearch"),
      in: ["photos", "map", "pages"],
      match: ["f2", "delete"],
    },
    {
      group,
      keys: ["["],
      does: text("keys.sidebar"),
      match: ["["],
      run: ({ appearance }) => {
        appearance.sidebar = !appearance.sidebar;
      },
    },
    {
      group,
      keys: ["]", "I"],
      does: text("keys.inspector"),
      match: ["]", "i"],
      run: ({ appearance }) => {
        appearance.inspector = !appearance.inspector;
      },
    },
    {
      group,
      keys: ["+", "−"],
      does: text("keys.thumbnails"),
      in: ["photos", "boxes"],
      match: ["+", "=", "-"],
      run: ({ appearance }, event) => {
        appearance.thumbnail += event.key === "-" ? -THUMBNAIL_STEP : THUMBNAIL_STEP;
      },
    },
    {
      group,
      keys: ["E"],
      does: text("keys.evaluation"),
      match: ["e"],
      run: ({ browse }) => browse.go({ kind: browse.place.kind === "evaluation" ? "all" : "evaluation" }),
    },
    {
      group,
      keys: ["H"],
      does: text("keys.versions"),
      alsoCalled: text("keys.versions.also"),
      match: ["h"],
      run: (app) => {
        app.lightbox = false;
        app.browse.go({ kind: app.browse.place.kind === "versions" ? "all" : "versions" });
      },
    },
    {
      group,
      keys: ["O"],
      does: text("keys.import"),
      alsoCalled: text("keys.import.also"),
      match: ["o"],
      run: (app) => {
        app.lightbox = false;
        app.dialog = "import";
      },
    },
    {
      group,
      keys: ["?"],
      does: text("keys.list"),
      alsoCalled: text("keys.list.also"),
      match: ["?"],
      run: (app) => {
        app.dialog = "keys";
      },
    },
  ];
}
