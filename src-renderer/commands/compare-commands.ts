import { text } from "../messages/text";
import type { Semblance } from "../state/semblance.svelte";
import type { Command } from "./command";

/** Photos side by side: which one is kept, which ones stand there, whether they are zoomed together. */
export function compareCommands(): Command[] {
  const comparing = { group: text("keys.group.loupe"), in: ["compare" as const] };
  const swap = (by: 1 | -1) => (app: Semblance) => {
    if (!app.viewing.swap(by)) app.toasts.say(text("compare.noCandidate"));
  };
  return [
    {
      ...comparing,
      id: "compare.keepWinner",
      keys: ["ctrl+enter"],
      name: text("compare.keepWinner"),
      alsoCalled: text("compare.keepWinner.also"),
      run: ({ marking }) => void marking.keepWinner(),
    },
    {
      ...comparing,
      id: "compare.nextCandidate",
      keys: ["ctrl+arrowdown"],
      name: text("compare.nextCandidate"),
      alsoCalled: text("compare.candidate.also"),
      run: swap(1),
    },
    {
      ...comparing,
      id: "compare.previousCandidate",
      keys: ["ctrl+arrowup"],
      name: text("compare.previousCandidate"),
      alsoCalled: text("compare.candidate.also"),
      run: swap(-1),
    },
    {
      ...comparing,
      id: "compare.link",
      keys: ["l"],
      name: text("compare.link"),
      alsoCalled: text("compare.link.also"),
      run: ({ viewing, toasts }) => {
        viewing.toggleLink();
        toasts.say(text(viewing.linked ? "compare.linked" : "compare.unlinked"));
      },
    },
  ];
}
