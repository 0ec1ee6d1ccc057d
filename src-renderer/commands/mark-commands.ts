import { COLOUR_LABELS, MAX_RATING } from "../../src-shared/photo-marks";
import { colourLabelName } from "../components/mark-names";
import { text } from "../messages/text";
import type { Command } from "./command";
import { needsPhoto } from "./needs";
import { OF_PHOTOS } from "./situation";

/** Lightroom's keys for red, yellow, green and blue; purple has none there either. */
const COLOUR_KEYS = ["6", "7", "8", "9"];

/** Flags, stars and colour labels. With Caps Lock on, the next photo follows. */
export function markCommands(): Command[] {
  const group = text("marks.key.group");
  const onPhoto = { group, in: OF_PHOTOS, unavailable: needsPhoto };
  const flag = { ...onPhoto, alsoCalled: text("marks.key.flag.also") };
  const onwards = (event?: KeyboardEvent) => event?.getModifierState("CapsLock") ?? false;
  return [
    {
      ...flag,
      id: "photo.pick",
      keys: ["p"],
      name: text("marks.key.pick"),
      run: ({ marking }, event) => void marking.set({ flag: "pick" }, onwards(event)),
    },
    {
      ...flag,
      id: "photo.reject",
      keys: ["shift+x"],
      name: text("marks.key.reject"),
      run: ({ marking, labelCards, judging }, event) => {
        // A person gave this key to a label before it meant this.
        const label = event?.key.toUpperCase() === "X" ? labelCards.keys.get("X") : undefined;
        void (label ? judging.toggle(label) : marking.set({ flag: "reject" }, onwards(event)));
      },
    },
    {
      ...flag,
      id: "photo.unflag",
      keys: ["u"],
      name: text("marks.key.none"),
      run: ({ marking }, event) => void marking.set({ flag: "none" }, onwards(event)),
    },
    ...Array.from({ length: MAX_RATING + 1 }, (_, rating): Command => ({
      ...onPhoto,
      id: `photo.rate.${rating}`,
      keys: [`ctrl+${rating}`],
      name: text("marks.key.stars", { count: rating }),
      alsoCalled: text("marks.key.stars.also"),
      run: ({ marking }, event) => void marking.set({ rating }, onwards(event)),
    })),
    ...COLOUR_LABELS.map((colour, i): Command => ({
      ...onPhoto,
      id: `photo.colour.${colour}`,
      keys: COLOUR_KEYS[i] === undefined ? [] : [`ctrl+${COLOUR_KEYS[i]}`],
      name: text("marks.key.colour", { colour: colourLabelName(colour).toLowerCase() }),
      alsoCalled: text("marks.key.colour.also"),
      run: ({ marking }, event) => void marking.toggleColour(colour, onwards(event)),
    })),
    {
      ...onPhoto,
      id: "photo.colour.none",
      keys: [],
      name: text("marks.key.noColour"),
      alsoCalled: text("marks.key.colour.also"),
      run: ({ marking }) => void marking.set({ colour: "" }),
    },
    {
      id: "photo.markConflicts",
      group,
      keys: [],
      name: text("marks.key.conflicts"),
      alsoCalled: text("marks.key.conflicts.also"),
      run: (app) => {
        app.dialog = "mark-conflicts";
      },
    },
    {
      id: "photo.advance",
      group,
      in: OF_PHOTOS,
      keys: [],
      name: text("marks.key.advance"),
      alsoCalled: text("marks.key.advance.also"),
      run: ({ marking }) => marking.toggleAdvance(),
    },
  ];
}
