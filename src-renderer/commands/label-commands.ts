import type { LabelId } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Command } from "./command";
import { needsPhoto } from "./needs";
import { OF_PHOTOS } from "./situation";

/** What labels the photos. */
export function labelCommands(): Command[] {
  const onPhoto = { group: text("keys.group.labels"), in: OF_PHOTOS, unavailable: needsPhoto };
  return [
    {
      ...onPhoto,
      id: "label.reject",
      keys: ["x"],
      name: text("keys.reject"),
      run: (app) => void app.judging.rejectHighlighted(),
    },
    {
      ...onPhoto,
      id: "label.highlightNext",
      keys: ["j"],
      name: text("command.highlightNext"),
      run: (app) => void app.judging.moveHighlight(1),
    },
    {
      ...onPhoto,
      id: "label.highlightPrevious",
      keys: ["k"],
      name: text("command.highlightPrevious"),
      run: (app) => void app.judging.moveHighlight(-1),
    },
    {
      ...onPhoto,
      id: "label.guesses",
      keys: [","],
      name: text("keys.guesses"),
      alsoCalled: text("keys.guesses.also"),
      run: (app) => app.inspected.toggleGuesses(),
    },
    {
      ...onPhoto,
      id: "label.repeat",
      keys: ["."],
      name: text("keys.repeatLabel"),
      alsoCalled: text("keys.repeatLabel.also"),
      run: (app) => void app.judging.again(),
    },
    {
      ...onPhoto,
      id: "label.type",
      keys: ["t"],
      name: text("keys.typeLabel"),
      alsoCalled: text("keys.typeLabel.also"),
      run: (app) => app.typeLabel(),
    },
    {
      ...onPhoto,
      id: "label.why",
      keys: ["w"],
      name: text("keys.why"),
      alsoCalled: text("keys.why.also"),
      run: (app) => void app.explaining.toggleHighlighted(),
    },
    {
      ...onPhoto,
      id: "label.takeSuggested",
      keys: ["a"],
      name: text("keys.takeSuggested"),
      run: (app) => void app.reviewing.takeSuggested(),
    },
    {
      ...onPhoto,
      id: "label.applyToGroup",
      keys: ["v"],
      name: text("keys.applyToGroup"),
      alsoCalled: text("keys.applyToGroup.also"),
      run: (app) => void app.reviewing.spreadFromFocused(),
    },
    ...historyCommands(onPhoto.group),
  ];
}

/** Verdicts taken back, and what the model makes of them. */
const historyCommands = (group: string): Command[] => [
  {
    id: "learn.retrain",
    group,
    keys: ["q"],
    name: text("keys.retrain"),
    alsoCalled: text("keys.retrain.also"),
    run: (app) => void app.retraining.start(),
  },
  { id: "edit.undo", group, keys: ["z", "ctrl+z"], name: text("keys.undo"), run: (app) => void app.judging.undo() },
  {
    id: "edit.redo",
    group,
    keys: ["shift+z", "y", "ctrl+shift+z", "ctrl+y"],
    name: text("keys.redo"),
    run: (app) => void app.judging.redo(),
  },
];

/** Labels with a key of their own: they come and go, so that the palette finds them without keys. */
export const labelKeyCommands = (labels: Iterable<[key: string, label: { label: LabelId; name: string }]>): Command[] =>
  [...labels].map(([key, label]) => ({
    id: `label.apply:${label.label}`,
    group: text("keys.group.labels"),
    keys: [`shift+${key.toLowerCase()}`],
    name: text("command.applyLabel", { name: label.name }),
    in: OF_PHOTOS,
    unavailable: needsPhoto,
    run: (app) => void app.judging.toggle(label),
  }));
