import { expect, onTestFinished, test } from "vitest";
import { suggestLabels } from "../../src-main/features/browse/suggest-labels";
import {
  changeLabel,
  deleteLabels,
  labelOptions,
  mergeLabels,
  showCards,
} from "../../src-main/features/labels/manage-labels";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { closeStore, openStore, type Store } from "../../src-main/store/database";
import { labelCards, restoreLabel } from "../../src-main/store/label-cards";
import { redo, undo, undoState } from "../../src-main/store/undo";
import { annotate, currentAnnotations } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import { personalLexicon } from "../../src-main/workspace/personal-lexicon";
import type { LabelChange, LabelId, PhotoId } from "../../src-shared/contract";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

const DOG = readLexicon().meant("dog");
const PUPPY = readLexicon().meant("puppy");

/** The parts of an open library that labels need. */
const libraryFor = (store: Store) => {
  const caches = createLibraryCaches();
  return {
    store,
    caches,
    lexicon: personalLexicon(readLexicon(), store, caches),
    ranker: { labels: [DOG, readLexicon().meant("car")] },
  } as unknown as OpenLibrary;
};

function opened(photos = 6): { library: OpenLibrary; ids: PhotoId[]; place: { home: string; folder: string } } {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const store = openStore(place);
  onTestFinished(() => closeStore(store));
  return { library: libraryFor(store), ids: addMockPhotos(store, photos), place };
}

const accept = ({ store }: OpenLibrary, label: LabelId, photos: PhotoId[]) =>
  annotate(store, { photos, label, verdict: "accept", name: label });
const verdicts = ({ store }: OpenLibrary) =>
  currentAnnotations(store)
    .map(({ photo, label, verdict }) => `${photo} ${verdict} ${label}`)
    .sort();

test("a renamed label shows its new name everywhere, keeps its id and verdicts, and gets its old name back on undo", () => {
  const { library, ids } = opened();
  accept(library, "own:Rex", ids.slice(0, 2));
  changeLabel(library, "own:Rex", { name: "Rexie" });
  expect(library.lexicon.named("own:Rex").name).toBe("Rexie");
  expect(library.lexicon.meant("rexie")).toBe("own:Rex");
  expect(suggestLabels(library, "rexi", 5)[0]).toMatchObject({ label: "own:Rex", name: "Rexie", synonym: null });
  expect(verdicts(library)).toHaveLength(2);
  expect(undoState(library.store).undo).toBe("Rename “Rex” to “Rexie”");
  undo(library.store);
  expect(library.lexicon.named("own:Rex").name).toBe("Rex");
  redo(library.store);
  expect(library.lexicon.named("own:Rex").name).toBe("Rexie");
});

test("refuses a name or key that another label already has", () => {
  const { library, ids } = opened();
  accept(library, "own:Rex", ids);
  accept(library, "own:Bello", ids);
  expect(() => changeLabel(library, "own:Rex", { name: "bello" })).toThrow(
    expect.objectContaining({ code: "name-taken" }) as Error,
  );
  changeLabel(library, "own:Rex", { key: "R" });
  expect(() => changeLabel(library, "own:Bello", { key: "R" })).toThrow(/Shift \+ R is already used for “Rex”/);
  deleteLabels(library, ["own:Rex"]);
  changeLabel(library, "own:Bello", { key: "R" });
});

test("an own label below dog counts as a dog in the hierarchy, but never as a parent of itself", () => {
  const { library, ids } = opened();
  accept(library, "own:Rex", ids);
  accept(library, "own:Pack", ids);
  const { wordnet } = library.lexicon;
  changeLabel(library, "own:Pack", { kindOf: DOG });
  changeLabel(library, "own:Rex", { kindOf: "own:Pack" });
  expect(wordnet.isA("own:Rex", DOG)).toBe(true);
  expect(wordnet.isA("own:Rex", readLexicon().meant("animal"))).toBe(true);
  expect(wordnet.isA(DOG, "own:Rex")).toBe(false);
  expect(wordnet.ancestors("own:Rex").get(DOG)).toBe(2);
  expect(wordnet.ancestors("own:Rex", 1)).toEqual(new Map([["own:Pack", 1]]));
  expect(wordnet.children(DOG)).toContain("own:Pack");
  expect(wordnet.descendants(DOG)).toEqual(expect.arrayContaining(["own:Pack", "own:Rex"]));
  expect(() => changeLabel(library, "own:Pack", { kindOf: "own:Rex" })).toThrow(
    expect.objectContaining({ code: "kind-of-itself" }) as Error,
  );
  expect(() => changeLabel(library, DOG, { kindOf: "own:Rex" })).toThrow(
    expect.objectContaining({ code: "kind-of-wordnet" }) as Error,
  );
});

// guarantee: undo
test("a merge moves verdicts without overriding any, keeps the old name as a synonym, and is undone in one step", () => {
  const {
    library,
    ids: [a, b, c, d],
  } = opened();
  accept(library, "own:Hund", [a, b, c]);
  annotate(library.store, { photos: [d], label: "own:Hund", verdict: "reject", name: "Hund" });
  annotate(library.store, { photos: [b], label: DOG, verdict: "reject", name: "dog" });
  accept(library, DOG, [d]);
  const before = verdicts(library);

  expect(mergeLabels(library, ["own:Hund"], DOG)).toBe(2);
  expect(verdicts(library)).toEqual([
    `${a} accept ${DOG}`,
    `${b} reject ${DOG}`,
    `${c} accept ${DOG}`,
    `${d} accept ${DOG}`,
  ]);
  expect(library.lexicon.meant("hund")).toBe(DOG);
  expect(suggestLabels(library, "hund", 5)[0]).toMatchObject({ label: DOG, synonym: "Hund" });
  expect(labelCards(library.store).get("own:Hund")).toEqual({ hidden: true });
  undo(library.store);
  expect(verdicts(library)).toEqual(before);
  expect(labelCards(library.store).size).toBe(0);
  redo(library.store);
  expect(verdicts(library)).toHaveLength(4);
  expect(() => mergeLabels(library, [DOG], DOG)).toThrow(expect.objectContaining({ code: "same-label" }) as Error);
});

// guarantee: undo
test("deleting a label removes its verdicts; restoring it or undo brings it back, even after a restart", () => {
  const { library, ids, place } = opened();
  accept(library, "own:Rex", ids);
  changeLabel(library, "own:Rex", { colour: "teal", synonyms: ["Rexie", "Rexie"] });
  expect(deleteLabels(library, ["own:Rex"])).toBe(6);
  expect(verdicts(library)).toEqual([]);
  expect(suggestLabels(library, "rexie", 5).map(({ label }) => label)).not.toContain("own:Rex");
  closeStore(library.store);

  const store = openStore(place);
  onTestFinished(() => closeStore(store));
  const again = libraryFor(store);
  restoreLabel(store, "own:Rex", "Rex");
  expect(labelCards(store).get("own:Rex")).toEqual({ colour: "teal", synonyms: ["Rexie"] });
  undo(store);
  undo(store);
  expect(verdicts(again)).toHaveLength(6);
  expect(showCards(again)).toMatchObject([
    {
      label: "own:Rex",
      name: "Rex",
      accepted: 6,
      rejected: 0,
      colour: "teal",
      synonyms: ["Rexie"],
      hidden: false,
      key: null,
    },
  ]);
});

// guarantee: undo
test("deletes several labels in one step, and one undo brings back their keys and verdicts", () => {
  const { library, ids } = opened();
  accept(library, "own:Rex", ids);
  accept(library, "own:Bello", ids.slice(0, 2));
  annotate(library.store, { photos: [ids[3]], label: DOG, verdict: "reject", name: "dog" });
  changeLabel(library, "own:Rex", { key: "R" });
  const before = { verdicts: verdicts(library), cards: labelCards(library.store) };
  expect(deleteLabels(library, ["own:Rex", "own:Bello", DOG])).toBe(9);
  expect(verdicts(library)).toEqual([]);
  expect([...labelCards(library.store).values()]).toEqual([{ hidden: true }, { hidden: true }, { hidden: true }]);
  expect(undo(library.store)).toBe("Delete 3 labels and 9 verdicts");
  expect({ verdicts: verdicts(library), cards: labelCards(library.store) }).toEqual(before);
  redo(library.store);
  expect(verdicts(library)).toEqual([]);
});

// guarantee: undo
test("each change to a label is one undo step: name, parent, synonyms, colour and key", () => {
  const { library, ids } = opened();
  accept(library, "own:Rex", ids);
  const states = [labelCards(library.store).get("own:Rex")];
  const changes: LabelChange[] = [
    { name: "Rexie" },
    { kindOf: DOG },
    { synonyms: ["doggy"] },
    { colour: "teal" },
    { key: "R" },
    { colour: null, key: null },
  ];
  for (const change of changes) {
    changeLabel(library, "own:Rex", change);
    states.push(labelCards(library.store).get("own:Rex"));
  }
  expect(states.at(-2)).toEqual({ name: "Rexie", parent: DOG, synonyms: ["doggy"], colour: "teal", key: "R" });
  for (const before of states.slice(0, -1).reverse()) {
    undo(library.store);
    expect(labelCards(library.store).get("own:Rex")).toEqual(before);
  }
  for (const after of states.slice(1)) {
    redo(library.store);
    expect(labelCards(library.store).get("own:Rex")).toEqual(after);
  }
});

test("offers synonyms from WordNet, and parents for an own label", () => {
  const { library, ids } = opened();
  expect(labelOptions(library, DOG).synonyms).toContain("domestic dog");
  accept(library, "own:corgi", ids);
  expect(labelOptions(library, "own:corgi").parents.map(({ label }) => label)).toContain(
    library.lexicon.meant("corgi"),
  );
  expect(labelOptions(library, "own:Xqzzwk")).toEqual({ synonyms: [], parents: [] });
});

test("offers names that begin with the typed text first, then labels close in meaning: dog for puppy", () => {
  const { library } = opened();
  const offered = suggestLabels(library, "puppy", 6);
  expect(offered[0]).toMatchObject({ label: PUPPY, near: false });
  expect(offered).toContainEqual(expect.objectContaining({ label: DOG, near: true }));
  expect(suggestLabels(library, "automobile", 6)[0].name).toBe("car");
  expect(suggestLabels(library, "Xqzzwk", 6)).toEqual([expect.objectContaining({ label: "own:Xqzzwk", own: true })]);
  expect(suggestLabels(library, "  ", 6)).toEqual([]);
});

test("cards are read once until one changes, and closing the library drops them", () => {
  const { library, ids } = opened();
  const { store } = library;
  accept(library, "own:Rex", ids.slice(0, 1));
  changeLabel(library, "own:Rex", { colour: "teal" });
  const before = labelCards(store);
  expect(labelCards(store)).toBe(before);
  changeLabel(library, "own:Rex", { colour: "red" });
  expect(labelCards(store)).not.toBe(before);
  expect(labelCards(store).get("own:Rex")).toEqual({ colour: "red" });
  closeStore(store);
  expect(store.labelCards).toBeNull();
});
