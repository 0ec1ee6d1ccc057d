import { expect, test } from "vitest";
import { browsePhotos } from "../../src-main/features/browse/browse-photos";
import { cutEvent, mergeEvents, nameEvent } from "../../src-main/features/events/edit-events";
import type { Store } from "../../src-main/store/database";
import { redo, undo } from "../../src-main/store/undo";
import { currentAnnotations } from "../../src-main/store/verdicts";
import type { LiveLearning } from "../../src-main/workspace/live-learning";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { libraryEvents } from "../../src-main/workspace/photo-events";
import type { Session } from "../../src-main/workspace/session";
import { addMockPhotos, emptyLibrary } from "../fixtures/photo-folder";

/** A library of nine photos on three days of May, three a day. */
function threeDays() {
  const store = emptyLibrary();
  const photos = addMockPhotos(store, 9);
  for (const [i, photo] of photos.entries())
    store.db
      .prepare("UPDATE photo SET dated = ? WHERE id = ?")
      .run(`2024-05-0${1 + Math.floor(i / 3)}T10:0${i % 3}:00`, photo);
  const lexicon = { named: (label: string) => ({ name: label.replace("own:", "") }) };
  const library = { store, lexicon } as unknown as OpenLibrary;
  const done: string[] = [];
  const session = {
    library: () => library,
    changed: () => done.push("changed"),
    notifyAllChanged: () => done.push("all"),
    emitInfoSoon: () => undefined,
  } as unknown as Session;
  const live = { annotated: () => undefined } as unknown as LiveLearning;
  return { store, photos, library, session, live, done };
}

const shape = (library: OpenLibrary) => libraryEvents(library).map(({ name, photos }) => [name, photos.length]);
const labelled = (store: Store) =>
  currentAnnotations(store)
    .map(({ photo, label, verdict }) => [photo, label, verdict])
    .sort();

test("naming an event labels all its photos, renaming moves the label; each is one undo step", () => {
  const { store, photos, library, session, live } = threeDays();
  expect(shape(library)).toEqual([
    [null, 3],
    [null, 3],
    [null, 3],
  ]);
  expect(nameEvent(session, live, photos[4]!, "Lisbon, May 2024")).toEqual({ photos: 3 });
  expect(shape(library)[1]).toEqual(["Lisbon, May 2024", 3]);
  const verdicts = [3, 4, 5].map((i) => [photos[i], "own:Lisbon, May 2024", "accept"]);
  expect(labelled(store)).toEqual(verdicts);

  nameEvent(session, live, photos[3]!, "Porto");
  expect(labelled(store)).toEqual([3, 4, 5].map((i) => [photos[i], "own:Porto", "accept"]));
  expect(undo(store)).toBe("Name an event of 3 photos “Porto”");
  expect(shape(library)[1]).toEqual(["Lisbon, May 2024", 3]);
  expect(labelled(store)).toEqual(verdicts);
  undo(store);
  expect(shape(library)[1]).toEqual([null, 3]);
  expect(labelled(store)).toEqual([]);
  redo(store);
  redo(store);
  expect(shape(library)[1]).toEqual(["Porto", 3]);
});

test("events are divided and merged, with undo, and keep a name that one of their photos carries", () => {
  const { store, photos, library, session, live } = threeDays();
  nameEvent(session, live, photos[3]!, "Porto");
  mergeEvents(session, photos[5]!);
  expect(shape(library)).toEqual([
    ["Porto", 6],
    [null, 3],
  ]);
  cutEvent(session, photos[1]!);
  expect(shape(library)).toEqual([
    [null, 1],
    ["Porto", 5],
    [null, 3],
  ]);
  undo(store);
  undo(store);
  expect(shape(library)[1]).toEqual(["Porto", 3]);
  expect(() => mergeEvents(session, photos[0]!)).toThrow("There is no earlier event to merge with.");
  expect(() => cutEvent(session, photos[3]!)).toThrow("This photo already begins an event.");
  expect(() => nameEvent(session, live, 4711, "Porto")).toThrow("There is no photo 4711.");
});

test("a view grouped by event has the events as groups, and its days in order", () => {
  const { photos, library, session, live } = threeDays();
  nameEvent(session, live, photos[0]!, "Arrival");
  mergeEvents(session, photos[6]!);
  const { groups, days, ...view } = browsePhotos(library, { sort: "taken", descending: true, group: "event" });
  expect(groups).toEqual([
    { title: "2024-05-02/2024-05-03", event: photos[3], count: 6 },
    { title: "Arrival", event: photos[0], count: 3 },
  ]);
  expect(view.photos).toEqual([...photos].reverse());
  expect(days).toEqual([3, 2, 1].map((day) => ({ day: `2024-05-0${day}`, photos: 3 })));
  expect(browsePhotos(library, { sort: "name", descending: false, group: "none" }).days).toBeNull();
});
