import { text } from "../messages/text";
import type { Command } from "./command";

/** The map handles most of its keys itself. */
export const mapCommands = (): Command[] => [
  {
    id: "map.lasso",
    group: text("keys.group.map"),
    keys: ["l"],
    name: text("keys.lasso"),
    alsoCalled: text("keys.lasso.also"),
    in: ["map"],
    run: ({ mapping }) => {
      mapping.lasso = !mapping.lasso;
    },
  },
];
