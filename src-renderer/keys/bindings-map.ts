import { text } from "../messages/text";
import { type Binding, NOT_LABELS } from "./binding";
import { ARROW_KEYS, ARROWS, ctrl, keyNames } from "./key-names";

/** Most of them are handled by the map itself. */
export function mapBindings(): Binding[] {
  const group = text("keys.group.map");
  const key = keyNames();
  return [
    {
      group,
      keys: ["M"],
      does: text("keys.map"),
      in: NOT_LABELS,
      match: ["m"],
      run: ({ browse }) => browse.go({ kind: browse.place.kind === "map" ? "all" : "map" }),
    },
    {
      group,
      keys: ["L"],
      does: text("keys.lasso"),
      alsoCalled: text("keys.lasso.also"),
      in: ["map"],
      match: ["l"],
      run: ({ mapping }) => {
        mapping.lasso = !mapping.lasso;
      },
    },
    {
      group,
      keys: ARROW_KEYS,
      does: text("keys.panMap"),
      alsoCalled: text("keys.pan.also"),
      in: ["map"],
      match: ARROWS,
    },
    {
      group,
      keys: ["+", "−"],
      does: text("keys.zoom"),
      alsoCalled: text("keys.zoom.also"),
      in: ["map"],
      match: ["+", "=", "-"],
    },
    {
      group,
      keys: ["0", key.home],
      does: text("keys.wholeMap"),
      alsoCalled: text("keys.wholeMap.also"),
      in: ["map"],
      match: ["0", "home"],
    },
    { group, keys: [key.enter, key.space], does: text("keys.selectMiddle"), in: ["map"], match: ["enter", " "] },
    { group, keys: [ctrl("A"), "⌘ A"], does: text("keys.selectInView"), in: ["map"], match: ["ctrl+a"] },
    { group, keys: [key.escape], does: text("keys.cancelLasso"), in: ["map"], match: ["escape"] },
  ];
}
