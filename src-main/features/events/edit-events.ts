import type { PhotoId } from "../../../src-shared/contract";
import { formatCount } from "../../../src-shared/format-count";
import { ownLabel } from "../../../src-shared/label-id";
import { Refusal } from "../../../src-shared/refusal";
import { inTransaction } from "../../store/database";
import { changeEventMarks, type EventMark, eventMarks } from "../../store/event-marks";
import { labelCards, restoreLabel } from "../../store/label-cards";
import type { LiveLearning } from "../../workspace/live-learning";
import { type LibraryEvent, libraryEvents } from "../../workspace/photo-events";
import type { Session } from "../../workspace/session";

const UNMARKED: EventMark = { decided: null, label: null };

/**
 * Names the event of a photo: accepts a label of one's own with that name on all its photos. The photos lose the label
 * that named the event before. One undo step.
 * @returns how many photos the event has
 * @throws Refusal `no-photo`, `invalid-label`
 */
export function nameEvent(
  { library, changed, emitInfoSoon }: Session,
  live: LiveLearning,
  photo: PhotoId,
  name: string,
): { photos: number } {
  const { store } = library();
  const event = eventOf(libraryEvents(library()), photo);
  const label = ownLabel(name);
  const marks = eventMarks(store);
  const changes = event.photos.flatMap((each) => [
    ...(event.label && event.label !== label ? [{ photo: each, label: event.label, verdict: "clear" as const }] : []),
    { photo: each, label, verdict: "accept" as const },
  ]);
  const named = new Map(
    event.photos
      .filter((each) => each === event.first || marks.get(each)?.label)
      .map((each) => [
        each,
        { decided: marks.get(each)?.decided ?? null, label: each === event.first ? label : null } satisfies EventMark,
      ]),
  );
  inTransaction(store, () => {
    if (labelCards(store).get(label)?.hidden) restoreLabel(store, label, name);
    changeEventMarks(store, named, changes, `Name an event of ${formatCount(event.photos.length, "photo")} “${name}”`);
  });
  changed(event.photos);
  emitInfoSoon();
  live.annotated(event.photos.length);
  return { photos: event.photos.length };
}

/**
 * Begins an event with this photo. One undo step.
 * @throws Refusal `no-photo`, `first-of-event`
 */
export function cutEvent(session: Session, photo: PhotoId): void {
  const { store } = session.library();
  const event = eventOf(libraryEvents(session.library()), photo);
  if (event.first === photo)
    throw new Refusal("first-of-event", "This photo already begins an event. Choose a later photo of the event.");
  const label = eventMarks(store).get(photo)?.label ?? null;
  changeEventMarks(store, new Map([[photo, { decided: "begins", label }]]), [], "Divide event");
  session.notifyAllChanged();
}

/**
 * Joins the event of a photo with the one before it. If both have a name, the earlier one's stays. One undo step.
 * @throws Refusal `no-photo`, `first-event`
 */
export function mergeEvents(session: Session, photo: PhotoId): void {
  const { store } = session.library();
  const events = libraryEvents(session.library());
  const event = eventOf(events, photo);
  const previous = events[events.indexOf(event) - 1];
  if (!previous) throw new Refusal("first-event", "There is no earlier event to merge with.");
  const { label } = eventMarks(store).get(event.first) ?? UNMARKED;
  changeEventMarks(store, new Map([[event.first, { decided: "continues", label }]]), [], "Merge events");
  session.notifyAllChanged();
}

/** @throws Refusal `no-photo` */
export function eventOf(events: readonly LibraryEvent[], photo: PhotoId): LibraryEvent {
  const found = events.find(({ photos }) => photos.includes(photo));
  if (!found) throw new Refusal("no-photo", `There is no photo ${photo}.`);
  return found;
}
