import { expect, onTestFinished, test } from "vitest";
import { suggestLabels } from "../../src-main/features/browse/suggest-labels";
import {
  changeLabel,
  deleteLabels,
  labelOffers,
  mergeLabels,
  showCards,
} from "../../src-main/features/labels/manage-labels";
import { readLexicon } from "../../src-main/labeller/lexicon";
import { closeLibrary, type Library, openLibrary } from "../../src-main/store/database";
import { labelCards, restoreLabel } from "../../src-main/store/label-cards";
import { redo, undo, undoState } from "../../src-main/store/undo";
import { judge, standingVerdicts } from "../../src-main/store/verdicts";
import { personalLexicon } from "../../src-main/workspace/personal-lexicon";
import type { Workbench } from "../../src-main/workspace/workbench";
import type { LabelChange, LabelId, PhotoId } from "../../src-shared/contract";
import { imaginePhotos, temporaryFolder } from "../fixtures/photo-folder";

const DOG = readLexicon().meant("dog");
const PUPPY = readLexicon().meant("puppy");

/** As much of a workbench as labels need. */
const benchOf = (library: Library) =>
  ({
    library,
    lexicon: personalLexicon(readLexicon(), library),
    labeller: { labels: [DOG, readLexicon().meant("car")] },
  }) as unknown as Workbench;

function opened(photos = 6): { bench: Workbench; ids: PhotoId[]; place: { home: string; folder: string } } {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const library = openLibrary(place);
  onTestFinished(() => closeLibrary(library));
  return { bench: benchOf(library), ids: imaginePhotos(library, photos), place };
}

const accept = ({ library }: Workbench, label: LabelId, photos: PhotoId[]) =>
  judge(library, { photos, label, verdict: "accept", name: label });
const verdicts = ({ library }: Workbench) =>
  standingVerdicts(library)
    .map(({ photo, label, verdict }) => `${photo} ${verdict} ${label}`)
    .sort();

test("a renamed label goes by its new name everywhere, keeps its id and its verdicts, and undo gives the old name back", () => {
  const { bench, ids } = opened();
  accept(bench, "own:Rex", ids.slice(0, 2));
  changeLabel(bench, "own:Rex", { name: "Rexie" });
  expect(bench.lexicon.named("own:Rex").name).toBe("Rexie");
  expect(bench.lexicon.meant("rexie")).toBe("own:Rex");
  expect(suggestLabels(bench, "rexi", 5)[0]).toMatchObject({ label: "own:Rex", name: "Rexie", synonym: null });
  expect(verdicts(bench)).toHaveLength(2);
  expect(undoState(bench.library).undo).toBe("Rename “Rex” to “Rexie”");
  undo(bench.library);
  expect(bench.lexicon.named("own:Rex").name).toBe("Rex");
  redo(bench.library);
  expect(bench.lexicon.named("own:Rex").name).toBe("Rexie");
});

test("a name that another label of the library has is refused, and so is a key that is taken", () => {
  const { bench, ids } = opened();
  accept(bench, "own:Rex", ids);
  accept(bench, "own:Bello", ids);
  expect(() => changeLabel(bench, "own:Rex", { name: "bello" })).toThrow(
    expect.objectContaining({ code: "name-taken" }) as Error,
  );
  changeLabel(bench, "own:Rex", { key: "R" });
  expect(() => changeLabel(bench, "own:Bello", { key: "R" })).toThrow(/Shift \+ R gives “Rex” already/);
  deleteLabels(bench, ["own:Rex"]);
  changeLabel(bench, "own:Bello", { key: "R" });
});

test("an own label under a dog is a dog: in the hierarchy, but never a kind of itself", () => {
  const { bench, ids } = opened();
  accept(bench, "own:Rex", ids);
  accept(bench, "own:Pack", ids);
  const { wordnet } = bench.lexicon;
  changeLabel(bench, "own:Pack", { kindOf: DOG });
  changeLabel(bench, "own:Rex", { kindOf: "own:Pack" });
  expect(wordnet.isA("own:Rex", DOG)).toBe(true);
  expect(wordnet.isA("own:Rex", readLexicon().meant("animal"))).toBe(true);
  expect(wordnet.isA(DOG, "own:Rex")).toBe(false);
  expect(wordnet.ancestors("own:Rex").get(DOG)).toBe(2);
  expect(wordnet.ancestors("own:Rex", 1)).toEqual(new Map([["own:Pack", 1]]));
  expect(wordnet.children(DOG)).toContain("own:Pack");
  expect(wordnet.descendants(DOG)).toEqual(expect.arrayContaining(["own:Pack", "own:Rex"]));
  expect(() => changeLabel(bench, "own:Pack", { kindOf: "own:Rex" })).toThrow(
    expect.objectContaining({ code: "kind-of-itself" }) as Error,
  );
  expect(() => changeLabel(bench, DOG, { kindOf: "own:Rex" })).toThrow(
    expect.objectContaining({ code: "kind-of-wordnet" }) as Error,
  );
});

// guarantee: undo
test("a merge moves verdicts without overriding one, is found by the old name, and is undone whole", () => {
  const {
    bench,
    ids: [a, b, c, d],
  } = opened();
  accept(bench, "own:Hund", [a, b, c]);
  judge(bench.library, { photos: [d], label: "own:Hund", verdict: "reject", name: "Hund" });
  judge(bench.library, { photos: [b], label: DOG, verdict: "reject", name: "dog" });
  accept(bench, DOG, [d]);
  const before = verdicts(bench);

  expect(mergeLabels(bench, ["own:Hund"], DOG)).toBe(2);
  expect(verdicts(bench)).toEqual([
    `${a} accept ${DOG}`,
    `${b} reject ${DOG}`,
    `${c} accept ${DOG}`,
    `${d} accept ${DOG}`,
  ]);
  expect(bench.lexicon.meant("hund")).toBe(DOG);
  expect(suggestLabels(bench, "hund", 5)[0]).toMatchObject({ label: DOG, synonym: "Hund" });
  expect(labelCards(bench.library).get("own:Hund")).toEqual({ hidden: true });
  undo(bench.library);
  expect(verdicts(bench)).toEqual(before);
  expect(labelCards(bench.library).size).toBe(0);
  redo(bench.library);
  expect(verdicts(bench)).toHaveLength(4);
  expect(() => mergeLabels(bench, [DOG], DOG)).toThrow(expect.objectContaining({ code: "same-label" }) as Error);
});

// guarantee: undo
test("a deleted label takes its verdicts along, and restoring or undo brings it back, also after a restart", () => {
  const { bench, ids, place } = opened();
  accept(bench, "own:Rex", ids);
  changeLabel(bench, "own:Rex", { colour: "teal", synonyms: ["Rexie", "Rexie"] });
  expect(deleteLabels(bench, ["own:Rex"])).toBe(6);
  expect(verdicts(bench)).toEqual([]);
  expect(suggestLabels(bench, "rexie", 5).map(({ label }) => label)).not.toContain("own:Rex");
  closeLibrary(bench.library);

  const library = openLibrary(place);
  onTestFinished(() => closeLibrary(library));
  const again = benchOf(library);
  restoreLabel(library, "own:Rex", "Rex");
  expect(labelCards(library).get("own:Rex")).toEqual({ colour: "teal", synonyms: ["Rexie"] });
  undo(library);
  undo(library);
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
test("several labels are deleted in one step, which one undo takes back with their keys and verdicts", () => {
  const { bench, ids } = opened();
  accept(bench, "own:Rex", ids);
  accept(bench, "own:Bello", ids.slice(0, 2));
  judge(bench.library, { photos: [ids[3]], label: DOG, verdict: "reject", name: "dog" });
  changeLabel(bench, "own:Rex", { key: "R" });
  const before = { verdicts: verdicts(bench), cards: labelCards(bench.library) };
  expect(deleteLabels(bench, ["own:Rex", "own:Bello", DOG])).toBe(9);
  expect(verdicts(bench)).toEqual([]);
  expect([...labelCards(bench.library).values()]).toEqual([{ hidden: true }, { hidden: true }, { hidden: true }]);
  expect(undo(bench.library)).toBe("Delete 3 labels and 9 verdicts");
  expect({ verdicts: verdicts(bench), cards: labelCards(bench.library) }).toEqual(before);
  redo(bench.library);
  expect(verdicts(bench)).toEqual([]);
});

// guarantee: undo
test("each change of a label is one undo step: name, parent, further names, colour and key", () => {
  const { bench, ids } = opened();
  accept(bench, "own:Rex", ids);
  const states = [labelCards(bench.library).get("own:Rex")];
  const changes: LabelChange[] = [
    { name: "Rexie" },
    { kindOf: DOG },
    { synonyms: ["doggy"] },
    { colour: "teal" },
    { key: "R" },
    { colour: null, key: null },
  ];
  for (const change of changes) {
    changeLabel(bench, "own:Rex", change);
    states.push(labelCards(bench.library).get("own:Rex"));
  }
  expect(states.at(-2)).toEqual({ name: "Rexie", parent: DOG, synonyms: ["doggy"], colour: "teal", key: "R" });
  for (const before of states.slice(0, -1).reverse()) {
    undo(bench.library);
    expect(labelCards(bench.library).get("own:Rex")).toEqual(before);
  }
  for (const after of states.slice(1)) {
    redo(bench.library);
    expect(labelCards(bench.library).get("own:Rex")).toEqual(after);
  }
});

test("WordNet offers further names, and parents for a name of the user's own", () => {
  const { bench, ids } = opened();
  expect(labelOffers(bench, DOG).synonyms).toContain("domestic dog");
  accept(bench, "own:corgi", ids);
  expect(labelOffers(bench, "own:corgi").parents.map(({ label }) => label)).toContain(bench.lexicon.meant("corgi"));
  expect(labelOffers(bench, "own:Xqzzwk")).toEqual({ synonyms: [], parents: [] });
});

test("what is near in meaning is offered after what begins so: a puppy is a dog", () => {
  const { bench } = opened();
  const offered = suggestLabels(bench, "puppy", 6);
  expect(offered[0]).toMatchObject({ label: PUPPY, near: false });
  expect(offered).toContainEqual(expect.objectContaining({ label: DOG, near: true }));
  expect(suggestLabels(bench, "automobile", 6)[0].name).toBe("car");
  expect(suggestLabels(bench, "Xqzzwk", 6)).toEqual([expect.objectContaining({ label: "own:Xqzzwk", own: true })]);
  expect(suggestLabels(bench, "  ", 6)).toEqual([]);
});
