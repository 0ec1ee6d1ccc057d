import { text } from "../messages/text";
import { type Binding, LOUPE } from "./binding";
import { ARROW_KEYS, ARROWS, keyNames, SHIFT_ARROWS } from "./key-names";

const ZOOM_STEP = 1.5; // factor per key press

export function loupeBindings(): Binding[] {
  const group = text("keys.group.loupe");
  const key = keyNames();
  return [
    {
      group,
      keys: ARROW_KEYS,
      does: text("keys.previousNext"),
      alsoCalled: text("keys.pan.also"),
      in: LOUPE,
      match: ARROWS,
      run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), false),
    },
    {
      group,
      keys: [key.shiftArrows],
      does: text("keys.panHalf"),
      alsoCalled: text("keys.pan.also"),
      in: LOUPE,
      match: SHIFT_ARROWS,
      run: ({ viewing }, event) => viewing.arrow(event.key.toLowerCase(), true),
    },
    {
      group,
      keys: [key.pageUp, key.pageDown],
      does: text("keys.previousNextZoomed"),
      in: LOUPE,
      match: ["pageup", "pagedown"],
      run: ({ viewing }, event) => viewing.go(event.key === "PageUp" ? -1 : 1),
    },
    {
      group,
      keys: [key.home, key.end],
      does: text("keys.firstLastInView"),
      in: LOUPE,
      match: ["home", "end"],
      run: ({ viewing }, event) => viewing.goTo(event.key === "Home" ? "first" : "last"),
    },
    {
      group,
      keys: ["+", "−"],
      does: text("keys.zoom"),
      alsoCalled: text("keys.zoom.also"),
      in: LOUPE,
      match: ["+", "=", "-"],
      run: ({ viewing }, event) => viewing.zoom(event.key === "-" ? 1 / ZOOM_STEP : ZOOM_STEP),
    },
    {
      group,
      keys: ["0"],
      does: text("keys.zoomToggle"),
      alsoCalled: text("keys.zoomToggle.also"),
      in: LOUPE,
      match: ["0"],
      run: ({ viewing }) => viewing.toggleZoom(),
    },
    {
      group,
      keys: ["B"],
      does: text("keys.boxes"),
      alsoCalled: text("keys.boxes.also"),
      in: LOUPE,
      match: ["b"],
      run: ({ boxes, selection }) => boxes.toggle(selection.focus),
    },
    {
      group,
      keys: ["R"],
      does: text("keys.drawBox"),
      alsoCalled: text("keys.drawBox.also"),
      in: LOUPE,
      match: ["r"],
      run: ({ boxes, selection, tiles }) => {
        const photo = selection.focus;
        if (photo !== null && tiles.get(photo)?.error === null) boxes.toggleDrawing(photo);
      },
    },
    {
      group,
      keys: ["L"],
      does: text("keys.filmstrip"),
      in: LOUPE,
      match: ["l"],
      run: ({ appearance }) => {
        appearance.filmstrip = !appearance.filmstrip;
      },
    },
    {
      group,
      keys: [key.escape, key.enter, key.space],
      does: text("keys.back"),
      alsoCalled: text("keys.back.also"),
      in: LOUPE,
      match: ["enter", " "],
      run: (app) => {
        app.lightbox = false;
      },
    },
  ];
}
