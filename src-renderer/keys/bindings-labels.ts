import { text } from "../messages/text";
import { type Binding, OF_PHOTOS } from "./binding";
import { ctrl, keyNames, shift } from "./key-names";

/** Letters a label can have as its key: with Shift, G, X and Z are the window's own. */
const LABEL_KEYS = [..."abcdefhijklmnopqrstuvwy"];

/** What labels the photos. */
export function labelBindings(): Binding[] {
  const group = text("keys.group.labels");
  const key = keyNames();
  return [
    {
      group,
      keys: ["1 – 9"],
      does: text("keys.acceptNth"),
      in: OF_PHOTOS,
      match: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      run: (app, event) => void app.judging.acceptNth(Number(event.key) - 1),
    },
    {
      group,
      keys: ["X"],
      does: text("keys.reject"),
      in: OF_PHOTOS,
      match: ["x"],
      run: (app) => void app.judging.rejectHighlighted(),
    },
    {
      group,
      keys: ["J", "K"],
      does: text("keys.highlight"),
      in: OF_PHOTOS,
      match: ["j", "k"],
      run: (app, event) => void app.judging.moveHighlight(event.key.toLowerCase() === "j" ? 1 : -1),
    },
    {
      group,
      keys: [","],
      does: text("keys.guesses"),
      alsoCalled: text("keys.guesses.also"),
      in: OF_PHOTOS,
      match: [","],
      run: (app) => app.inspected.toggleGuesses(),
    },
    {
      group,
      keys: ["."],
      does: text("keys.repeatLabel"),
      alsoCalled: text("keys.repeatLabel.also"),
      in: OF_PHOTOS,
      match: ["."],
      run: (app) => void app.judging.again(),
    },
    {
      group,
      keys: ["T"],
      does: text("keys.typeLabel"),
      alsoCalled: text("keys.typeLabel.also"),
      in: OF_PHOTOS,
      match: ["t"],
      run: (app) => app.typeLabel(),
    },
    {
      group,
      keys: ["W"],
      does: text("keys.why"),
      alsoCalled: text("keys.why.also"),
      in: OF_PHOTOS,
      match: ["w"],
      run: (app) => void app.explaining.toggleHighlighted(),
    },
    {
      group,
      keys: [key.shiftLetter],
      does: text("keys.labelKey"),
      in: OF_PHOTOS,
      match: LABEL_KEYS.map((letter) => `shift+${letter}`),
      run: (app, event) => {
        const label = app.labelCards.keys.get(event.key.toUpperCase());
        if (label) void app.judging.toggle(label);
      },
    },
    {
      group,
      keys: ["A"],
      does: text("keys.takeSuggested"),
      in: OF_PHOTOS,
      match: ["a"],
      run: (app) => void app.reviewing.takeSuggested(),
    },
    {
      group,
      keys: ["V"],
      does: text("keys.applyToGroup"),
      alsoCalled: text("keys.applyToGroup.also"),
      in: OF_PHOTOS,
      match: ["v"],
      run: (app) => void app.reviewing.spreadFromFocused(),
    },
    {
      group,
      keys: ["Q"],
      does: text("keys.retrain"),
      alsoCalled: text("keys.retrain.also"),
      match: ["q"],
      run: (app) => void app.retraining.start(),
    },
    {
      group,
      keys: ["Z", ctrl("Z")],
      does: text("keys.undo"),
      match: ["z", "ctrl+z"],
      run: (app) => void app.judging.undo(),
    },
    {
      group,
      keys: [shift("Z"), "Y"],
      does: text("keys.redo"),
      match: ["shift+z", "y", "ctrl+shift+z", "ctrl+y"],
      run: (app) => void app.judging.redo(),
    },
  ];
}

/** What the list of all labels does; it handles the keys itself. */
export function labelManagerBindings(): Binding[] {
  const managing = text("keys.group.managingLabels");
  const key = keyNames();
  return [
    {
      group: managing,
      keys: ["↑", "↓", key.pageUp, key.pageDown, key.home, key.end],
      does: text("keys.moveBetweenLabels"),
      in: ["labels"],
      match: ["arrowup", "arrowdown", "pageup", "pagedown", "home", "end"],
    },
    { group: managing, keys: [key.space], does: text("keys.chooseLabel"), in: ["labels"], match: [" "] },
    { group: managing, keys: [key.enter, "F2"], does: text("keys.rename"), in: ["labels"], match: ["enter", "f2"] },
    { group: managing, keys: ["M"], does: text("keys.merge"), in: ["labels"], match: ["m"] },
    { group: managing, keys: [key.delete], does: text("keys.delete"), in: ["labels"], match: ["delete"] },
    { group: managing, keys: [key.escape], does: text("keys.chooseNone"), in: ["labels"], match: ["escape"] },
  ];
}
