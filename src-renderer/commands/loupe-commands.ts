import { text } from "../messages/text";
import type { Command } from "./command";
import { LOUPE } from "./situation";

const ZOOM_STEP = 1.5; // factor per key press

export function loupeCommands(): Command[] {
  const inLoupe = { group: text("keys.group.loupe"), in: LOUPE };
  return [
    {
      ...inLoupe,
      id: "loupe.zoomIn",
      keys: ["+", "="],
      name: text("map.zoomIn"),
      alsoCalled: text("keys.zoom.also"),
      run: ({ viewing }) => viewing.zoom(ZOOM_STEP),
    },
    {
      ...inLoupe,
      id: "loupe.zoomOut",
      keys: ["-"],
      name: text("map.zoomOut"),
      alsoCalled: text("keys.zoom.also"),
      run: ({ viewing }) => viewing.zoom(1 / ZOOM_STEP),
    },
    {
      ...inLoupe,
      id: "loupe.toggleZoom",
      keys: ["0"],
      name: text("keys.zoomToggle"),
      alsoCalled: text("keys.zoomToggle.also"),
      run: ({ viewing }) => viewing.toggleZoom(),
    },
    {
      ...inLoupe,
      id: "loupe.boxes",
      keys: ["b"],
      name: text("keys.boxes"),
      alsoCalled: text("keys.boxes.also"),
      run: ({ boxes, selection }) => boxes.toggle(selection.focus),
    },
    {
      ...inLoupe,
      id: "loupe.drawBox",
      keys: ["r"],
      name: text("keys.drawBox"),
      alsoCalled: text("keys.drawBox.also"),
      run: ({ boxes, selection, tiles }) => {
        const photo = selection.focus;
        if (photo !== null && tiles.get(photo)?.error === null) boxes.toggleDrawing(photo);
      },
    },
    {
      ...inLoupe,
      in: ["large"],
      id: "loupe.filmstrip",
      keys: ["l"],
      name: text("keys.filmstrip"),
      run: ({ appearance }) => {
        appearance.filmstrip = !appearance.filmstrip;
      },
    },
  ];
}
