import type { EngineApi } from "../../../src-shared/arguments";
import type { BoxRef, LabelId, PhotoId, Verdict } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { isOwnLabel, isSynset } from "../../../src-shared/label-id";
import { Refusal } from "../../../src-shared/refusal";
import {
  type Box,
  type BoxChange,
  boxChange,
  isSameBox,
  judgedBoxes,
  NO_DETECTOR,
  recordBoxes,
} from "../../store/box-verdicts";
import { inTransaction, labelNumbers } from "../../store/database";
import { labelCards, restoreLabel } from "../../store/label-cards";
import { unknownPhoto } from "../../store/photos";
import type { VerdictChange } from "../../store/verdicts";
import { countPeopleIn } from "../../workspace/detect-objects";
import type { LiveLearning } from "../../workspace/live-learning";
import type { OpenLibrary } from "../../workspace/open-library";
import { detectedAs } from "../../workspace/photo-boxes";
import type { Session } from "../../workspace/session";
import { boxFinder, noBox } from "./find-box";
import { labelAgain } from "./label-again";

type Query<Name extends keyof EngineApi> = Parameters<EngineApi[Name]>[0];

const VERBS: Record<Verdict, string> = { accept: "Accept", reject: "Reject", clear: "Clear verdict on" };

/**
 * Judges boxes that photos show, accepts rejected ones, or takes verdicts on boxes back, and labels the photos again. A
 * rejected box that a person had drawn is removed: it says nothing about what detectors find there.
 * @throws Refusal `no-photo`, `no-box`
 */
export async function judgeBoxes(
  session: Session,
  live: LiveLearning,
  { boxes, verdict }: Query<"judgeBoxes">,
): Promise<void> {
  const library = session.library();
  const find = boxFinder(library, boxes, verdict === "accept");
  const isDrawn = ({ detector }: BoxRef) => detector === NO_DETECTOR.drawn;
  const changes = boxes.flatMap((box) => {
    if (verdict === "clear") return verdictsToClear(library, box);
    if (verdict === "accept") return accepting(library, find(box));
    return [boxChange(find(box), isDrawn(box) ? "clear" : "reject")];
  });
  const verb = verdict === "reject" && boxes.every(isDrawn) ? "Remove" : VERBS[verdict];
  // What a label of one's own means is known from the photos that have it.
  const accepted = verdict === "accept" ? boxes.filter(({ label }) => isOwnLabel(label)) : [];
  await record(session, live, { changes, accepted, description: `${verb} ${described(library, boxes)}` });
}

/**
 * Accepts boxes with another label, and rejects them with the one that they had. The photos get the label too.
 * @throws Refusal `no-photo`, `no-box`, `no-label`
 */
export async function relabelBoxes(
  session: Session,
  live: LiveLearning,
  { boxes, label }: Query<"relabelBoxes">,
): Promise<void> {
  const library = session.library();
  const find = boxFinder(library, boxes, true);
  const changes = boxes
    .map(find)
    .filter((box) => box.label !== label)
    .flatMap((box) => [boxChange(box, "reject"), ...accepting(library, { ...box, label })]);
  const { name } = library.lexicon.named(label);
  const accepted = changes.map(({ photo }) => ({ photo, label }));
  await record(session, live, { changes, accepted, description: `Relabel ${described(library, boxes)} as “${name}”` });
}

/** @throws Refusal `no-photo`, `no-label` */
export async function drawBox(
  session: Session,
  live: LiveLearning,
  { photo, label, box }: Query<"drawBox">,
): Promise<void> {
  const library = session.library();
  const changes = accepting(library, { photo, label, box, detector: NO_DETECTOR.drawn });
  const accepted = [{ photo, label }];
  await record(session, live, { changes, accepted, description: `Draw box “${library.lexicon.named(label).name}”` });
}

/**
 * Accepts a box in another place. What detectors found in the old place is rejected, unless it would still count as the
 * same box.
 * @throws Refusal `no-photo`, `no-box`
 */
export async function moveBox(session: Session, live: LiveLearning, { box, to }: Query<"moveBox">): Promise<void> {
  const library = session.library();
  const found = boxFinder(library, [box])(box);
  const moved = { ...found, box: to };
  const left = detectedAs(library, found).filter((one) => !isSameBox(one, moved));
  const changes = [
    boxChange(found, "clear"),
    ...left.map((one) => boxChange(one, "reject")),
    ...accepting(library, moved),
  ];
  await record(session, live, { changes, description: `Move ${described(library, [box])}` });
}

/** Accepts a box, and takes back rejections of the same one. */
const accepting = ({ store }: OpenLibrary, box: Box): BoxChange[] => [
  ...judgedBoxes(store, box.photo)
    .rejected.filter((one) => isSameBox(one, box))
    .map((one) => boxChange(one, "clear")),
  boxChange(box, "accept"),
];

interface Step {
  changes: BoxChange[];
  /** Labels that the photos get, too. */
  accepted?: readonly { photo: PhotoId; label: LabelId }[];
  description: string;
}

async function record(
  session: Session,
  live: LiveLearning,
  { changes, accepted = [], description }: Step,
): Promise<void> {
  const { changed, emitInfoSoon } = session;
  const opened = session.library();
  const { store, lexicon } = opened;
  const photos = [...new Set(changes.map(({ photo }) => photo))];
  refuseUnknown(opened, photos);
  const labels = new Set(accepted.map(({ label }) => label));
  for (const label of labels)
    if (isSynset(label) && !lexicon.wordnet.has(label))
      throw new Refusal("no-label", `There is no label ${label} in WordNet.`);
  labelNumbers(store, [...changes.map(({ label }) => label), ...labels]); // outside the transaction: label numbers must survive a rollback
  const verdicts = accepted.map(({ photo, label }): VerdictChange => ({ photo, label, verdict: "accept" }));
  inTransaction(store, () => {
    // Naming a box by a deleted label restores it.
    for (const label of labels)
      if (labelCards(store).get(label)?.hidden) restoreLabel(store, label, lexicon.named(label).name);
    recordBoxes(store, changes, { description, verdicts });
    countPeopleIn(opened, photos);
  });
  await labelAgain(session, opened, photos);
  changed(photos);
  emitInfoSoon();
  if (verdicts.length > 0) live.annotated(verdicts.length);
}

function refuseUnknown({ store }: OpenLibrary, photos: readonly PhotoId[]): void {
  const unknown = unknownPhoto(store, photos);
  if (unknown !== undefined) throw new Refusal("no-photo", `There is no photo ${unknown}.`);
}

/** The verdicts on a box, to take back. @throws Refusal `no-box` if it has none */
function verdictsToClear(library: OpenLibrary, box: BoxRef): BoxChange[] {
  const { accepted, rejected } = judgedBoxes(library.store, box.photo);
  const found = [...accepted, ...rejected].filter((one) => isSameBox(one, box));
  if (found.length === 0) throw noBox(library, box);
  return found.map((one) => boxChange(one, "clear"));
}

function described({ lexicon }: OpenLibrary, boxes: readonly BoxRef[]): string {
  const names = new Set(boxes.map(({ label }) => lexicon.named(label).name));
  const name = names.size === 1 ? ` “${[...names][0]}”` : "";
  return boxes.length === 1 ? `box${name}` : `${formatCount(boxes.length, "box", "boxes")}${name}`;
}
