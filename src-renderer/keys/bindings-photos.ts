import { text } from "../messages/text";
import { type Binding, NOT_LABELS, OF_PHOTOS } from "./binding";
import { ARROW_KEYS, ARROWS, ctrl, keyNames, shift, SHIFT_ARROWS } from "./key-names";

export function photoBindings(): Binding[] {
  const group = text("keys.group.photos");
  const key = keyNames();
  return [
    { group, keys: ARROW_KEYS, does: text("keys.moveBetween"), in: ["photos"], match: ARROWS },
    { group, keys: [key.shiftArrows], does: text("keys.extendSelection"), in: ["photos"], match: SHIFT_ARROWS },
    { group, keys: [key.home, key.end], does: text("keys.firstLast"), in: ["photos"], match: ["home", "end"] },
    {
      group,
      keys: [key.pageUp, key.pageDown],
      does: text("keys.pageUpDown"),
      in: ["photos"],
      match: ["pageup", "pagedown"],
    },
    { group, keys: [ctrl("A"), "⌘ A"], does: text("keys.selectAll"), in: ["photos"], match: ["ctrl+a"] },
    { group, keys: [key.enter, key.space], does: text("keys.openLoupe"), in: ["photos"], match: ["enter", " "] },
    { group, keys: [key.escape], does: text("keys.clearSelection"), in: ["photos"], match: ["escape"] },
    {
      group,
      keys: ["N"],
      does: text("keys.nextUncertain"),
      alsoCalled: text("keys.nextUncertain.also"),
      in: NOT_LABELS,
      match: ["n"],
      run: (app) => app.reviewing.next(),
    },
    {
      group,
      keys: ["D"],
      does: text("keys.changed"),
      alsoCalled: text("keys.changed.also"),
      match: ["d"],
      run: (app) => {
        app.lightbox = false;
        void app.changes.show();
      },
    },
    {
      group,
      keys: ["C"],
      does: text("keys.compare"),
      alsoCalled: text("keys.compare.also"),
      in: OF_PHOTOS,
      match: ["c"],
      run: (app) => app.compare(),
    },
    {
      group,
      keys: ["G"],
      does: text("keys.findSimilar"),
      alsoCalled: text("keys.findSimilar.also"),
      in: OF_PHOTOS,
      match: ["g"],
      run: (app) => app.likening.like(),
    },
    {
      group,
      keys: [shift("G")],
      does: text("keys.excludeSimilar"),
      alsoCalled: text("keys.excludeSimilar.also"),
      in: OF_PHOTOS,
      match: ["shift+g"],
      run: (app) => app.likening.unlike(),
    },
  ];
}
