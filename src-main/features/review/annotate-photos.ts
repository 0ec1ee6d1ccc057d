import type { AnnotationCall } from "../../../src-shared/contract";
import { isSynset } from "../../../src-shared/label-id";
import { Refusal } from "../../../src-shared/refusal";
import { inTransaction, labelNumbers } from "../../store/database";
import { labelCards, restoreLabel } from "../../store/label-cards";
import { unknownPhoto } from "../../store/photos";
import { annotate } from "../../store/verdicts";
import type { LiveLearning } from "../../workspace/live-learning";
import type { Session } from "../../workspace/session";

/**
 * Records verdicts, one action each. A failure records nothing.
 * @throws Refusal `no-photo`, `no-label`
 */
export function judgePhotos(
  { library, changed, emitInfoSoon }: Session,
  live: LiveLearning,
  verdicts: AnnotationCall[],
): { photos: number } {
  const { store, lexicon } = library();
  const concerned = [...new Set(verdicts.flatMap(({ photos }) => photos))];
  const unknown = unknownPhoto(store, concerned);
  if (unknown !== undefined) throw new Refusal("no-photo", `There is no photo ${unknown}.`);
  for (const { label } of verdicts)
    if (isSynset(label) && !lexicon.wordnet.has(label))
      throw new Refusal("no-label", `There is no label ${label} in WordNet.`);
  labelNumbers(
    store,
    verdicts.map(({ label }) => label),
  ); // outside the transaction: label numbers must survive a rollback
  const photos = inTransaction(store, () =>
    verdicts.reduce((sum, { photos, label, verdict }) => {
      // Accepting a deleted label restores it.
      const { name } = lexicon.named(label);
      if (verdict === "accept" && labelCards(store).get(label)?.hidden) restoreLabel(store, label, name);
      return sum + annotate(store, { photos, label, verdict, name }).photos;
    }, 0),
  );
  changed(concerned);
  emitInfoSoon();
  live.annotated(photos);
  return { photos };
}
