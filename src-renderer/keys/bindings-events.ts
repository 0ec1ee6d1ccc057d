import { text } from "../messages/text";
import { type Binding, OF_PHOTOS } from "./binding";
import { ctrl, shift } from "./key-names";

/** Events: the photos of one occasion or trip. */
export function eventBindings(): Binding[] {
  const group = text("keys.group.events");
  return [
    {
      group,
      keys: [ctrl("E")],
      does: text("keys.nameEvent"),
      alsoCalled: text("keys.nameEvent.also"),
      in: OF_PHOTOS,
      match: ["ctrl+e"],
      run: (app) => void app.nameEvent(),
    },
    {
      group,
      keys: [ctrl("D")],
      does: text("keys.divideEvent"),
      alsoCalled: text("keys.divideEvent.also"),
      in: OF_PHOTOS,
      match: ["ctrl+d"],
      run: (app) => void app.events.divide(),
    },
    {
      group,
      keys: [ctrl(shift("E"))],
      does: text("keys.mergeEvents"),
      alsoCalled: text("keys.mergeEvents.also"),
      in: OF_PHOTOS,
      match: ["ctrl+shift+e"],
      run: (app) => void app.events.merge(),
    },
  ];
}
