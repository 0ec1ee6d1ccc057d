import type { EngineApi } from "../../../src-shared/arguments";
import { Refusal } from "../../../src-shared/refusal";
import { overlapOf } from "../../base/overlap";
import { rejectBox as recordRejection, SAME_BOX } from "../../store/box-verdicts";
import { inTransaction, labelNumbers } from "../../store/database";
import { unknownPhoto } from "../../store/photos";
import { countPeopleIn, labelDetected } from "../../workspace/detect-objects";
import { boxesOf } from "../../workspace/photo-boxes";
import type { Session } from "../../workspace/session";

/**
 * Rejects a box that a photo shows, and labels the photo again without it.
 * @throws Refusal `no-photo`, `no-box`
 */
export async function rejectBox(
  { library, changed, emitInfoSoon }: Session,
  { photo, detector, label, box }: Parameters<EngineApi["rejectBox"]>[0],
): Promise<void> {
  const opened = library();
  const { store, lexicon } = opened;
  if (unknownPhoto(store, [photo]) !== undefined) throw new Refusal("no-photo", `There is no photo ${photo}.`);
  const { name } = lexicon.named(label);
  // What is stored is the box as it was found, not as the window rounded it.
  const found = boxesOf(opened, photo)?.find(
    (one) => one.detector === detector && one.label === label && overlapOf(one.box, box) >= SAME_BOX,
  );
  if (!found) throw new Refusal("no-box", `Photo ${photo} no longer has this box of “${name}”.`);
  labelNumbers(store, [label]); // outside the transaction: label numbers must survive a rollback
  inTransaction(store, () => {
    recordRejection(store, { photo, detector, label, box: found.box }, name);
    countPeopleIn(opened, [photo]);
  });
  await labelDetected(opened, [photo]);
  changed([photo]);
  emitInfoSoon();
}
