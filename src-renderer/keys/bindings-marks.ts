import { COLOUR_LABELS, MAX_RATING } from "../../src-shared/photo-marks";
import { colourLabelName } from "../components/mark-names";
import { text } from "../messages/text";
import { type Binding, OF_PHOTOS } from "./binding";
import { ctrl, shift } from "./key-names";

/** Lightroom's keys for red, yellow, green and blue; purple has none there either. */
const COLOUR_KEYS = ["6", "7", "8", "9"];

/** Flags, stars and colour labels. With Caps Lock on, the next photo follows. */
export function markBindings(): Binding[] {
  const group = text("marks.key.group");
  const flag = { group, alsoCalled: text("marks.key.flag.also"), in: OF_PHOTOS };
  const onwards = (event: KeyboardEvent) => event.getModifierState("CapsLock");
  return [
    {
      ...flag,
      keys: ["P"],
      does: text("marks.key.pick"),
      match: ["p"],
      run: ({ marking }, event) => void marking.set({ flag: "pick" }, onwards(event)),
    },
    {
      ...flag,
      keys: [shift("X")],
      does: text("marks.key.reject"),
      match: ["shift+x"],
      run: ({ marking, labelCards, judging }, event) => {
        // A person gave this key to a label before it meant this.
        const label = labelCards.keys.get("X");
        void (label ? judging.toggle(label) : marking.set({ flag: "reject" }, onwards(event)));
      },
    },
    {
      ...flag,
      keys: ["U"],
      does: text("marks.key.none"),
      match: ["u"],
      run: ({ marking }, event) => void marking.set({ flag: "none" }, onwards(event)),
    },
    ...Array.from({ length: MAX_RATING + 1 }, (_, rating): Binding => ({
      group,
      keys: [ctrl(String(rating))],
      does: text("marks.key.stars", { count: rating }),
      alsoCalled: text("marks.key.stars.also"),
      in: OF_PHOTOS,
      match: [`ctrl+${rating}`],
      run: ({ marking }, event) => void marking.set({ rating }, onwards(event)),
    })),
    ...COLOUR_LABELS.map((colour, i): Binding => {
      const key = COLOUR_KEYS[i];
      return {
        group,
        keys: key === undefined ? [] : [ctrl(key)],
        does: text("marks.key.colour", { colour: colourLabelName(colour).toLowerCase() }),
        alsoCalled: text("marks.key.colour.also"),
        in: OF_PHOTOS,
        match: key === undefined ? [] : [`ctrl+${key}`],
        run: ({ marking }, event) => void marking.toggleColour(colour, onwards(event)),
      };
    }),
    {
      group,
      keys: [],
      does: text("marks.key.noColour"),
      alsoCalled: text("marks.key.colour.also"),
      in: OF_PHOTOS,
      match: [],
      run: ({ marking }) => void marking.set({ colour: "" }),
    },
    {
      group,
      keys: [],
      does: text("marks.key.conflicts"),
      alsoCalled: text("marks.key.conflicts.also"),
      match: [],
      run: (app) => {
        app.dialog = "mark-conflicts";
      },
    },
    {
      group,
      keys: [],
      does: text("marks.key.advance"),
      alsoCalled: text("marks.key.advance.also"),
      in: OF_PHOTOS,
      match: [],
      run: ({ marking }) => marking.toggleAdvance(),
    },
  ];
}
