import { text } from "../messages/text";
import type { Command } from "./command";
import { needsPhoto } from "./needs";
import { OF_PHOTOS } from "./situation";

/** Events: the photos of one occasion or trip. */
export function eventCommands(): Command[] {
  const each = { group: text("keys.group.events"), in: OF_PHOTOS, unavailable: needsPhoto };
  return [
    {
      ...each,
      id: "event.name",
      keys: ["ctrl+e"],
      name: text("keys.nameEvent"),
      alsoCalled: text("keys.nameEvent.also"),
      run: (app) => void app.nameEvent(),
    },
    {
      ...each,
      id: "event.divide",
      keys: ["ctrl+d"],
      name: text("keys.divideEvent"),
      alsoCalled: text("keys.divideEvent.also"),
      run: (app) => void app.events.divide(),
    },
    {
      ...each,
      id: "event.merge",
      keys: ["ctrl+shift+e"],
      name: text("keys.mergeEvents"),
      alsoCalled: text("keys.mergeEvents.also"),
      run: (app) => void app.events.merge(),
    },
  ];
}
