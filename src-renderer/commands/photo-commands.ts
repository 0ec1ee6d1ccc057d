import { text } from "../messages/text";
import type { Command } from "./command";
import { needsPhoto } from "./needs";
import { NOT_LABELS, OF_PHOTOS } from "./situation";

export function photoCommands(): Command[] {
  const group = text("keys.group.photos");
  return [
    {
      id: "review.next",
      group,
      keys: ["n"],
      name: text("keys.nextUncertain"),
      alsoCalled: text("keys.nextUncertain.also"),
      in: NOT_LABELS,
      run: (app) => app.reviewing.next(),
    },
    {
      id: "photo.compare",
      group,
      keys: ["c"],
      name: text("keys.compare"),
      alsoCalled: text("keys.compare.also"),
      in: OF_PHOTOS,
      run: (app) => app.compare(),
    },
    {
      id: "photo.findSimilar",
      group,
      keys: ["g"],
      name: text("keys.findSimilar"),
      alsoCalled: text("keys.findSimilar.also"),
      in: OF_PHOTOS,
      run: (app) => app.likening.like(),
    },
    {
      id: "photo.excludeSimilar",
      group,
      keys: ["shift+g"],
      name: text("keys.excludeSimilar"),
      alsoCalled: text("keys.excludeSimilar.also"),
      in: OF_PHOTOS,
      run: (app) => app.likening.unlike(),
    },
    {
      id: "photo.reveal",
      group,
      keys: [],
      name: text("command.reveal"),
      alsoCalled: text("command.reveal.also"),
      in: OF_PHOTOS,
      unavailable: needsPhoto,
      run: ({ connection, selection: { focus } }) => {
        if (focus !== null) void connection.attempt(connection.api.reveal({ photo: focus }));
      },
    },
  ];
}
