import type { EngineApi } from "../calls";
import type { LiveLearning } from "../labelling/live-learning";
import { restoreLabel } from "../labelling/manage-labels";
import { labelCards } from "../library/label-cards";
import { unknownPhoto } from "../library/photos";
import { redo, undo } from "../library/undo";
import { judge } from "../library/verdicts";
import { Refusal } from "../refusal";
import type { Session } from "../session";

/** A person's verdicts, and taking them back. */
export const judgingAnswers = ({ bench, changed, changedAll, tellSoon }: Session, live: LiveLearning): Pick<EngineApi, "judge" | "undo" | "redo"> => ({
  judge: async ({ photos, label, verdict }) => {
    const { library, lexicon } = bench();
    const unknown = unknownPhoto(library, photos);
    if (unknown !== undefined) throw new Refusal("no-photo", `there is no photo ${unknown}`);
    if (label.startsWith("wn:") && !lexicon.wordnet.has(label)) throw new Refusal("no-label", `there is no synset ${label}`);
    // A label that was deleted and is given again is there again.
    if (verdict === "accept" && labelCards(library).get(label)?.hidden) restoreLabel(bench(), label);
    const done = judge(library, { photos, label, verdict, name: lexicon.named(label).name });
    changed(photos);
    tellSoon();
    live.judged(done.photos);
    return done;
  },
  undo: async () => {
    const undone = undo(bench().library);
    changedAll();
    if (undone !== null) live.judged(1);
    return { undone };
  },
  redo: async () => {
    const redone = redo(bench().library);
    changedAll();
    if (redone !== null) live.judged(1);
    return { redone };
  },
});
