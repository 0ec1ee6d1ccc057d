/**
 * Tests of the window run on a mock backend. Here the same calls go to it and to the real engine, and the same
 * expectations hold for both, so that the mock can't drift from the engine.
 */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EngineApi } from "../../src-shared/arguments";
import type { AnnotationCall, LabelId, PhotoDetails, PhotoId, View } from "../../src-shared/contract";
import { type Backend, openMock, openReal } from "../fixtures/contract-backends";

const VIEW: View = { sort: "name", descending: false, group: "none" };
const REX: LabelId = "own:Rex";
const SHARES = { train: 2, validation: 1, test: 1, seed: 7 };

describe.each([
  ["the mock backend", openMock],
  ["the real engine", openReal],
])("%s", (_, open) => {
  let backend: Backend;
  let api: EngineApi;
  /** All photos, the readable ones, and one with predicted labels. */
  let all: PhotoId[];
  let readable: PhotoDetails[];
  let photo: PhotoDetails;

  beforeAll(async () => {
    backend = await open();
    ({ api } = backend);
    all = (await api.browse(VIEW)).photos;
    readable = (await api.photosDetails({ photos: all })).filter(({ error }) => error === null);
    photo = readable.find(({ labels }) => labels.length > 1)!;
  }, 60_000);
  afterAll(() => backend.close());

  const details = (id = photo.photo) => api.photo({ photo: id });
  const browse = (view: Partial<View>) => api.browse({ ...VIEW, ...view });
  const info = async () => (await api.library())!;
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => "no refusal",
      (error: { code?: string }) => error.code ?? String(error),
    );
  const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
  /** Undoes everything. */
  const undoAll = async () => {
    while ((await api.undo()).undone !== null);
  };
  const withLabel = async (label: LabelId) => (await api.labels()).find((each) => each.label === label);

  describe("photos", () => {
    test("look the same as tiles and in detail; unknown ones are left out of lists and refused individually", async () => {
      const some = [...all.slice(0, 3), 999_999];
      const [tiles, known] = [await api.tiles({ photos: some }), await api.photosDetails({ photos: some })];
      expect(tiles.map((tile) => tile.photo)).toEqual(all.slice(0, 3));
      expect(known.map((each) => each.photo)).toEqual(all.slice(0, 3));
      for (const [i, { photo: id, labels, version, width, height }] of tiles.entries()) {
        expect(labels).toEqual(known[i].labels.slice(0, 3));
        expect(known[i]).toMatchObject({ photo: id, version, width, height });
      }
      expect(await refusal(details(999_999))).toBe("no-photo");
    });

    test("that can't be read are counted and listed, and have no labels", async () => {
      const failures = await api.failures();
      const failed = (await api.photosDetails({ photos: all })).filter(({ error }) => error !== null);
      expect(failed.length).toBeGreaterThan(0);
      expect(failures.map(({ path }) => path).sort()).toEqual(failed.flatMap(({ paths }) => paths).sort());
      for (const { labels, guesses } of failed) expect([labels, guesses]).toEqual([[], []]);
      expect(await info()).toMatchObject({ photos: all.length, failed: failed.length, embedded: readable.length });
    });

    test("have predictions above the threshold and guesses below it", async () => {
      const { threshold } = await api.settings();
      for (const { labels, guesses } of readable) {
        for (const { score, source } of labels) expect([source, score >= threshold]).toEqual(["predicted", true]);
        for (const { score, source } of guesses) expect([source, score < threshold]).toEqual(["predicted", true]);
        expect(guesses.length).toBeLessThanOrEqual(5);
      }
    });
  });

  describe("views", () => {
    afterEach(() => undoAll());

    test("without words contain only sure photos, in order, without scores", async () => {
      const shown = await browse({});
      expect(shown).toMatchObject({
        confident: all.length,
        scores: null,
        groups: [],
        unknown: [],
        alternatives: [],
        fault: null,
      });
      const tiles = await api.tiles({ photos: shown.photos });
      const names = tiles.map(({ name }) => name);
      expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
      expect((await browse({ descending: true })).photos).toEqual([...shown.photos].reverse());
    });

    test("have groups that add up to all photos, and folders that match the list of folders", async () => {
      for (const group of ["date", "folder"] as const) {
        const { groups, photos } = await browse({ group, sort: "taken" });
        expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(photos.length);
        expect(new Set(groups.map(({ title }) => title)).size).toBe(groups.length);
      }
      const folders = await api.folders();
      const { groups } = await browse({ group: "folder" });
      expect(new Map(groups.map(({ title, count }) => [title, count]))).toEqual(
        new Map(folders.map(({ folder, photos }) => [folder, photos])),
      );
      for (const { folder } of folders) {
        const within = folders.filter((each) => each.folder === folder || each.folder.startsWith(`${folder}/`));
        expect((await browse({ folder })).photos).toHaveLength(within.reduce((sum, { photos }) => sum + photos, 0));
      }
      const top = folders[0].folder.split("/")[0];
      const below = folders.filter(({ folder }) => folder.startsWith(`${top}/`));
      expect((await browse({ folder: top })).photos).toHaveLength(below.reduce((sum, { photos }) => sum + photos, 0));
    });

    test("by state divide the library; photos without a label are unlabelled, including unreadable ones", async () => {
      await api.annotate({ photos: [photo.photo], label: photo.labels[0].label, verdict: "reject" });
      const [reviewed, unreviewed, unlabelled] = await Promise.all(
        (["reviewed", "unreviewed", "unlabelled"] as const).map(async (state) => (await browse({ state })).photos),
      );
      expect(reviewed).toEqual([photo.photo]);
      expect(sorted([...reviewed, ...unreviewed])).toEqual(sorted(all));
      const bare = (await api.photosDetails({ photos: all })).filter(({ labels }) => labels.length === 0);
      expect(sorted(unlabelled)).toEqual(sorted(bare.map((each) => each.photo)));
      const info = (await api.library())!;
      expect(info.photos - info.labelled).toBe(unlabelled.length);
    });

    test("of a label contain the photos that carry it, surest first", async () => {
      const [{ label, name, predicted }] = await api.labels();
      const { photos, scores } = await browse({ label, sort: "relevance" });
      expect(photos).toHaveLength(predicted);
      expect(scores).toBeNull();
      const shown = await api.photosDetails({ photos });
      const order = shown.map(({ labels }) => labels.find((each) => each.label === label)!.score);
      expect(order).toEqual([...order].sort((a, b) => b - a));
      const quoted = `label:${JSON.stringify(name)}`;
      const { photos: found } = await browse({ words: quoted });
      expect(sorted(found)).toEqual(sorted(photos));
      expect((await browse({ words: `-${quoted}` })).photos).toHaveLength(all.length - found.length);
      expect(await api.countPhotos({ query: quoted })).toEqual({ photos: found.length });
    });

    test("of given photos contain exactly those, and a similarity search leaves out its examples", async () => {
      const some = all.slice(0, 2);
      expect(sorted((await browse({ photos: some })).photos)).toEqual(sorted(some));
      const { photos, scores } = await browse({
        similar: { like: [photo.photo], unlike: [all.at(-1)!] },
        sort: "relevance",
      });
      expect(photos).not.toContain(photo.photo);
      expect(photos).not.toContain(all.at(-1));
      expect(scores).toHaveLength(photos.length);
    });
  });

  describe("searching", () => {
    afterEach(() => undoAll());

    test("for a label's word finds its photos first, with their relevance, best first", async () => {
      const { name, label } = photo.labels[0];
      const { photos, scores, confident, unknown, fault } = await browse({ words: name, sort: "relevance" });
      expect({ unknown, fault }).toEqual({ unknown: [], fault: null });
      expect(confident).toBeGreaterThan(0);
      expect(scores).toHaveLength(photos.length);
      expect(scores!.slice(0, confident)).toEqual(scores!.slice(0, confident).sort((a, b) => b - a));
      expect((await details(photos[0])).labels.map((each) => each.label)).toContain(label);
      expect(await api.countPhotos({ query: name })).toEqual({ photos: confident });
    });

    test("for an unknown word finds nothing and names the word", async () => {
      const { photos, scores, confident, unknown } = await browse({ words: "qqqqzz", sort: "relevance" });
      expect({ photos, scores, confident }).toEqual({ photos: [], scores: [], confident: 0 });
      expect(unknown.map(({ word }) => word)).toEqual(["qqqqzz"]);
      expect(await api.countPhotos({ query: "qqqqzz" })).toEqual({ photos: 0 });
    });

    test.each([
      ["wings:two", 0, 5],
      ["label:", 0, 6],
    ])("for invalid syntax, %s, finds nothing and gives the position", async (words, from, to) => {
      const { photos, confident, scores, fault } = await browse({ words });
      expect({ photos, confident, scores }).toEqual({ photos: [], confident: 0, scores: null });
      expect(fault).toMatchObject({ from, to });
      expect(fault!.message).toContain(words.slice(0, 5));
      expect(await api.countPhotos({ query: words })).toEqual({ photos: null });
    });

    test("accepts fields for folders and for reviewed photos", async () => {
      const folders = await api.folders();
      const { folder, photos } = folders.find(
        (each) => !folders.some((other) => other.folder.startsWith(`${each.folder}/`)),
      )!;
      expect((await browse({ words: `folder:"/${folder}"` })).photos).toHaveLength(photos);
      await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
      expect((await browse({ words: "is:reviewed" })).photos).toEqual([photo.photo]);
      expect((await browse({ words: "is:unreviewed" })).photos).not.toContain(photo.photo);
      expect((await browse({ words: "label:Rex" })).photos).toEqual([photo.photo]);
    });
  });

  describe("verdicts", () => {
    afterEach(() => undoAll());

    test("accept, reject and clear; clearing brings a prediction back", async () => {
      const [{ label }] = photo.labels;
      const before = await details();
      await api.annotate({ photos: [photo.photo], label, verdict: "accept" });
      const accepted = await details();
      expect(accepted.labels[0]).toEqual({ ...photo.labels[0], score: 1, source: "accepted" });
      expect(accepted.rejected).toEqual([]);
      expect((await info()).verdicts).toBe(1);
      await api.annotate({ photos: [photo.photo], label, verdict: "reject" });
      const rejected = await details();
      expect(rejected.rejected).toEqual([{ ...photo.labels[0], score: 0, source: "rejected" }]);
      expect(rejected.labels.map((each) => each.label)).not.toContain(label);
      expect(rejected.guesses.map((each) => each.label)).not.toContain(label);
      expect((await info()).verdicts).toBe(1);
      await api.annotate({ photos: [photo.photo], label, verdict: "clear" });
      expect(await details()).toEqual(before);
      expect((await info()).verdicts).toBe(0);
    });

    test("on a new name add an own label, on many photos in one step for undo and redo", async () => {
      const some = readable.slice(0, 2).map((each) => each.photo);
      expect(await api.annotate({ photos: some, label: REX, verdict: "accept" })).toEqual({ photos: 2 });
      for (const { labels } of await api.photosDetails({ photos: some }))
        expect(labels[0]).toEqual({ label: REX, name: "Rex", parent: null, score: 1, source: "added" });
      expect(await withLabel(REX)).toMatchObject({ name: "Rex", predicted: 0, accepted: 2 });
      const { undo: words, redo } = await info();
      expect([words, redo]).toEqual(["Accept “Rex” on 2 photos", null]);
      expect(await api.undo()).toEqual({ undone: words });
      expect(await info()).toMatchObject({ undo: null, redo: words, verdicts: 0 });
      expect(await withLabel(REX)).toBeUndefined();
      expect(await api.undo()).toEqual({ undone: null });
      expect(await api.redo()).toEqual({ redone: words });
      expect(await info()).toMatchObject({ undo: words, redo: null, verdicts: 2 });
      expect(await api.redo()).toEqual({ redone: null });
    });

    test("clear the redo steps when a new one is given", async () => {
      await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
      await api.undo();
      await api.annotate({ photos: [photo.photo], label: photo.labels[0].label, verdict: "reject" });
      const { undo: words, redo } = await info();
      expect([words, redo]).toEqual([`Reject “${photo.labels[0].name}” on 1 photo`, null]);
      expect(await api.redo()).toEqual({ redone: null });
    });

    test("that change nothing add no step", async () => {
      const given: AnnotationCall = { photos: [photo.photo], label: REX, verdict: "accept" };
      expect(await api.annotate(given)).toEqual({ photos: 1 });
      expect(await api.annotate(given)).toEqual({ photos: 0 });
      expect(await api.annotate({ ...given, photos: [photo.photo, readable.at(-1)!.photo] })).toEqual({ photos: 1 });
      expect((await info()).undo).toBe("Accept “Rex” on 1 photo");
      await api.undo();
      await api.undo();
      expect(await info()).toMatchObject({ undo: null, verdicts: 0 });
      expect(await api.annotate({ ...given, verdict: "clear" })).toEqual({ photos: 0 });
      expect((await info()).undo).toBeNull();
      expect((await info()).redo).not.toBeNull();
    });

    test("sent together are a step each, in order; if one is wrong, none is stored", async () => {
      const [{ label }] = photo.labels;
      const each = (verdict: "accept" | "reject") => ({ photos: [photo.photo], label, verdict });
      expect(await api.annotateEach({ verdicts: [each("accept"), each("reject")] })).toEqual({ photos: 2 });
      expect((await details()).rejected.map((one) => one.label)).toEqual([label]);
      await api.undo();
      expect((await details()).labels[0]).toMatchObject({ label, source: "accepted" });
      await undoAll();
      const unknown: AnnotationCall = { photos: [999_999], label: REX, verdict: "accept" };
      expect(await refusal(api.annotateEach({ verdicts: [each("accept"), unknown] }))).toBe("no-photo");
      expect(await refusal(api.annotate(unknown))).toBe("no-photo");
      expect(await info()).toMatchObject({ verdicts: 0, undo: null });
    });

    test("send events with their photos, undo and redo with all photos, and both with the counts", async () => {
      const eventsSince = async () => {
        await backend.rest();
        const [photos, last] = [backend.emitted("photos"), backend.emitted("library").at(-1)];
        await backend.forget();
        return { photos, verdicts: last?.verdicts, undo: last?.undo, redo: last?.redo };
      };
      await backend.forget();
      await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
      const rex = "Accept “Rex” on 1 photo";
      expect(await eventsSince()).toEqual({ photos: [{ changed: [photo.photo] }], verdicts: 1, undo: rex, redo: null });
      const two = readable.slice(0, 2).map((each) => each.photo);
      await api.annotateEach({ verdicts: two.map((id) => ({ photos: [id], label: "own:Max", verdict: "accept" })) });
      const max = "Accept “Max” on 1 photo";
      expect(await eventsSince()).toEqual({ photos: [{ changed: two }], verdicts: 3, undo: max, redo: null });
      await api.undo();
      expect(await eventsSince()).toEqual({ photos: [{ changed: null }], verdicts: 2, undo: max, redo: max });
      await api.redo();
      expect(await eventsSince()).toEqual({ photos: [{ changed: null }], verdicts: 3, undo: max, redo: null });
    });
  });

  describe("counts", () => {
    afterEach(() => undoAll());

    test("of labels are those of the photos, most frequent first", async () => {
      await api.annotate({
        photos: readable.map((each) => each.photo),
        label: photo.labels[0].label,
        verdict: "accept",
      });
      const counts = await api.labels();
      const carried = (await api.photosDetails({ photos: all })).flatMap(({ labels }) => labels);
      for (const { label, predicted, accepted } of counts) {
        const of = carried.filter((each) => each.label === label);
        expect([label, predicted]).toEqual([label, of.filter(({ source }) => source === "predicted").length]);
        expect([label, accepted]).toEqual([label, of.filter(({ source }) => source !== "predicted").length]);
      }
      expect(new Set(carried.map(({ label }) => label)).size).toBe(counts.length);
      const totals = counts.map(({ predicted, accepted }) => predicted + accepted);
      expect(totals).toEqual([...totals].sort((a, b) => b - a));
    });

    test("at a threshold are the photos that would be labelled, for all labels or one", async () => {
      const { threshold } = await api.settings();
      const now = await api.countAt({ threshold });
      const labels = readable.flatMap((each) => each.labels);
      expect(now).toEqual({ photos: (await info()).labelled, labels: labels.length });
      expect(await api.countAt({ threshold: 1 })).toEqual({ photos: 0, labels: 0 });
      const [{ label, predicted }] = await api.labels();
      expect(await api.countAt({ threshold, label })).toEqual({ photos: predicted, labels: predicted });
    });

    test("follow a changed threshold, which is returned, sent as an event and applied at once", async () => {
      await backend.forget();
      const { threshold } = await api.settings();
      const expected = await api.countAt({ threshold: 0.3 });
      expect(await api.changeSettings({ threshold: 0.3 })).toMatchObject({ threshold: 0.3 });
      await backend.rest();
      expect(backend.emitted("photos")).toContainEqual({ changed: null });
      expect((await info()).labelled).toBe(expected.photos);
      await api.changeSettings({ threshold });
      await backend.rest();
    });
  });

  describe("saved searches", () => {
    test("are stored by name without duplicates, and can be renamed and deleted", async () => {
      const set = { name: "Rex", query: "label:Rex", sort: "name", descending: true, group: "none" } as const;
      const saved = await api.saveSearch(set);
      expect(saved).toEqual({ ...set, set: saved.set });
      const other = await api.saveSearch({ ...set, name: "All" });
      expect((await api.savedSearches()).map(({ name }) => name)).toEqual(["All", "Rex"]);
      expect(await refusal(api.saveSearch(set))).toBe("set-exists");
      expect(await refusal(api.renameSearch({ set: other.set, name: "Rex" }))).toBe("set-exists");
      expect(await api.renameSearch({ set: other.set, name: "Zoo" })).toEqual({ ...other, name: "Zoo" });
      expect(await refusal(api.renameSearch({ set: 999, name: "None" }))).toBe("no-set");
      expect(await api.deleteSearch({ set: other.set })).toEqual({ ...other, name: "Zoo" });
      expect(await refusal(api.deleteSearch({ set: other.set }))).toBe("no-set");
      await api.deleteSearch({ set: saved.set });
      expect(await api.savedSearches()).toEqual([]);
    });
  });

  describe("labels", () => {
    const card = async (label: LabelId) => (await api.labelCards()).find((each) => each.label === label);
    beforeAll(async () => {
      await api.annotate({ photos: readable.slice(0, 3).map((each) => each.photo), label: REX, verdict: "accept" });
      await api.annotate({
        photos: readable.slice(2, 5).map((each) => each.photo),
        label: "own:Max",
        verdict: "accept",
      });
    });
    afterAll(() => undoAll());

    test("show a new name everywhere, and undo restores the old one; a name in use is refused", async () => {
      await api.changeLabel({ label: REX, change: { name: "Rexie", colour: "red" } });
      expect(await withLabel(REX)).toMatchObject({ name: "Rexie", colour: "red", accepted: 3 });
      expect(await card(REX)).toMatchObject({ name: "Rexie", original: "Rex", hidden: false });
      expect((await details(readable[0].photo)).labels[0].name).toBe("Rexie");
      expect((await info()).undo).toBe("Rename “Rex” to “Rexie”");
      expect(await refusal(api.changeLabel({ label: "own:Max", change: { name: "Rexie" } }))).toBe("name-taken");
      await api.undo();
      expect(await withLabel(REX)).toMatchObject({ name: "Rex", colour: null });
    });

    test("have distinct keys", async () => {
      await api.changeLabel({ label: REX, change: { key: "R" } });
      expect((await card(REX))?.key).toBe("R");
      expect(await refusal(api.changeLabel({ label: "own:Max", change: { key: "R" } }))).toBe("key-taken");
      await api.undo();
      expect((await card(REX))?.key).toBeNull();
    });

    test("are merged in one step, with their verdicts, and no verdict is overridden", async () => {
      expect(await api.mergeLabels({ from: ["own:Max"], into: REX })).toEqual({ verdicts: 2 });
      expect(await withLabel(REX)).toMatchObject({ accepted: 5 });
      expect(await withLabel("own:Max")).toBeUndefined();
      expect(await card("own:Max")).toMatchObject({ hidden: true });
      expect((await card(REX))?.synonyms).toEqual(["Max"]);
      expect((await info()).verdicts).toBe(5);
      expect((await info()).undo).toBe("Merge “Max” into “Rex”");
      await api.undo();
      expect([(await withLabel(REX))?.accepted, (await withLabel("own:Max"))?.accepted]).toEqual([3, 3]);
      expect(await refusal(api.mergeLabels({ from: [REX], into: REX }))).toBe("same-label");
    });

    test("are deleted with their verdicts; undo brings both back, restoring only the label", async () => {
      expect(await api.deleteLabels({ labels: ["own:Max"] })).toEqual({ verdicts: 3 });
      expect(await withLabel("own:Max")).toBeUndefined();
      expect(await card("own:Max")).toMatchObject({ hidden: true, accepted: 0 });
      expect(await info()).toMatchObject({ verdicts: 3, undo: "Delete label “Max” and 3 verdicts" });
      await api.restoreLabel({ label: "own:Max" });
      expect((await card("own:Max"))?.hidden ?? false).toBe(false);
      expect(await withLabel("own:Max")).toBeUndefined();
      expect((await info()).undo).toBe("Restore label “Max”");
      await api.undo();
      await api.undo();
      expect(await withLabel("own:Max")).toMatchObject({ accepted: 3 });
    });

    test("that are predicted disappear when deleted, and return when accepted", async () => {
      const [{ label, predicted }] = await api.labels();
      const total = (await info()).verdicts;
      expect(await api.deleteLabels({ labels: [label] })).toMatchObject({ verdicts: 0 });
      expect(await withLabel(label)).toBeUndefined();
      for (const { labels, guesses } of await api.photosDetails({ photos: all }))
        expect([...labels, ...guesses].map((each) => each.label)).not.toContain(label);
      await api.annotate({ photos: [photo.photo], label, verdict: "accept" });
      const { predicted: left, accepted } = (await withLabel(label))!;
      expect(left + accepted).toBeGreaterThanOrEqual(predicted);
      while ((await info()).verdicts > total) await api.undo();
      while ((await withLabel(label))?.predicted !== predicted) await api.undo();
    });

    test("are suggested for typed text, with an own label last", async () => {
      const { name } = photo.labels[0];
      const [first] = await api.suggestLabels({ text: name, limit: 4 });
      expect(first).toMatchObject({ name, own: false });
      const offered = await api.suggestLabels({ text: "Qqqqzz", limit: 4 });
      expect(offered.at(-1)).toEqual({
        label: "own:Qqqqzz",
        name: "Qqqqzz",
        parent: null,
        synonym: null,
        own: true,
        near: false,
      });
      expect((await api.suggestLabels({ text: name.slice(0, 1), limit: 2 })).length).toBeLessThanOrEqual(2);
    });
  });

  describe("duplicates and splits", () => {
    afterEach(() => undoAll());

    test("a split is refused before duplicates were searched for, and that search is reported as a job", async () => {
      expect(await api.duplicates()).toEqual({ groups: null, stale: true });
      expect(await api.splitState()).toEqual({ split: null, groups: null, stale: true });
      expect(await refusal(api.planSplit(SHARES))).toBe("no-groups");
      expect(await refusal(api.makeSplit(SHARES))).toBe("no-groups");
      expect(await refusal(api.countSpread({ photo: null }))).toBe("no-groups");
      await backend.forget();
      const { job } = await api.findDuplicates();
      await backend.rest();
      expect(
        backend
          .emitted("job")
          .filter((event) => event.job === job)
          .at(-1),
      ).toMatchObject({
        kind: "duplicates",
        state: "done",
      });
      const { groups, stale } = await api.duplicates();
      expect(stale).toBe(false);
      expect(groups!.length).toBeGreaterThan(1);
      for (const { photos, best } of groups!) expect(photos[0]).toBe(best);
      expect(await api.splitState()).toEqual({ split: null, groups: groups!.length, stale: false });
    });

    test("a photo's verdicts are copied to its group in one step", async () => {
      const { groups } = await api.duplicates();
      const [first, second] = groups![0].photos;
      await api.annotate({ photos: [first], label: REX, verdict: "accept" });
      const expected = { verdicts: 1, photos: 1, groups: 1, disputed: 0 };
      expect(await api.countSpread({ photo: first })).toEqual(expected);
      expect(await api.spreadVerdicts({ photo: first })).toEqual(expected);
      expect((await details(second)).labels[0]).toMatchObject({ label: REX, score: 1 });
      await api.undo();
      expect((await details(second)).labels.map(({ label }) => label)).not.toContain(REX);
      expect((await details(first)).labels[0]).toMatchObject({ label: REX });
    });

    test("a split is planned without changes, made and removed, each in one step", async () => {
      const plan = await api.planSplit(SHARES);
      const { groups } = await api.duplicates();
      expect(plan).toMatchObject({
        groups: groups!.length,
        grouped: groups!.reduce((sum, { photos }) => sum + photos.length, 0),
        moved: 0,
      });
      expect((await api.splitState()).split).toBeNull();
      expect(await api.makeSplit(SHARES)).toEqual(plan);
      expect((await api.splitState()).split).toMatchObject({
        ...SHARES,
        photos: plan.photos,
        waiting: 0,
        leaking: 0,
      });
      expect((await info()).undo).toBe(`Split ${readable.length} photos into train, validation and test`);
      expect((await browse({ words: "split:train" })).photos).toHaveLength(plan.photos.train);
      await api.removeSplit();
      expect((await info()).undo).toBe("Remove split");
      expect((await api.splitState()).split).toBeNull();
      await api.undo();
      expect((await api.splitState()).split).toMatchObject(SHARES);
      await api.undo();
      expect((await api.splitState()).split).toBeNull();
    });
  });

  describe("exports", () => {
    afterEach(() => undoAll());

    const choice = { photos: null, labels: "shown", threshold: 0 } as const;
    const csv = (file: string, overwrite = false) => ({
      format: "csv" as const,
      file: join(backend.out, file),
      overwrite,
      text: "name" as const,
      escapeFormulas: true,
    });

    test("report how much they have written, and replace a file only on request", async () => {
      const shown = readable.flatMap(({ labels }) => labels).length;
      const counted = await api.countExport({ ...choice, threshold: (await api.settings()).threshold });
      expect(counted.labels).toBe(shown);
      const written = await api.exportLabels({
        ...choice,
        threshold: (await api.settings()).threshold,
        ...csv("labels.csv"),
      });
      expect(written).toEqual({ file: join(backend.out, "labels.csv"), rows: shown, notes: [], refused: [] });
      expect(await refusal(api.exportLabels({ ...choice, ...csv("labels.csv") }))).toBe("file-exists");
      expect(await api.exportLabels({ ...choice, threshold: 1, ...csv("labels.csv", true) })).toMatchObject({
        rows: 0,
      });
    });

    test("contain the chosen photos and all accepted labels, whatever the threshold", async () => {
      await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
      await api.annotate({ photos: [photo.photo], label: photo.labels[0].label, verdict: "reject" });
      const one = { photos: [photo.photo], threshold: 1 };
      expect(await api.countExport({ ...one, labels: "shown" })).toEqual({ files: 1, labels: 1 });
      expect(await api.countExport({ ...one, labels: "accepted" })).toEqual({ files: 1, labels: 1 });
      expect(await api.countExport({ ...one, labels: "verdicts" })).toEqual({ files: 1, labels: 1 });
    });

    test("do not write class folders among the photos", async () => {
      const folder = join((await info()).folder, "labels");
      expect(await refusal(api.exportLabels({ ...choice, format: "folders", folder, as: "copies" }))).toBe(
        "inside-library",
      );
    });

    test("copy a library to an existing file only if it may be overwritten", async () => {
      const file = join(backend.out, "copy.semblance");
      expect(await api.copyLibrary({ file, overwrite: false })).toEqual({ file, verdicts: 0 });
      expect(await refusal(api.copyLibrary({ file, overwrite: false }))).toBe("file-exists");
      expect(await api.copyLibrary({ file, overwrite: true })).toEqual({ file, verdicts: 0 });
    });
  });

  describe("versions", () => {
    afterEach(() => undoAll());

    test("are reported and used once learned, and the previous one can be restored", async () => {
      const before = await api.models();
      expect(before).toMatchObject([{ current: true, kind: "bundled", verdicts: 0 }]);
      expect((await info()).model).toEqual(before[0]);
      const [{ label }] = photo.labels;
      await api.annotate({ photos: [photo.photo], label, verdict: "reject" });
      await api.annotate({ photos: [photo.photo], label: photo.labels[1].label, verdict: "accept" });
      expect((await info()).newVerdicts).toBe(2);
      await backend.forget();
      const { job } = await api.retrain();
      await backend.rest();
      expect(
        backend
          .emitted("job")
          .filter((event) => event.job === job)
          .at(-1),
      ).toMatchObject({
        kind: "retrain",
        state: "done",
      });
      const [second, first, ...others] = await api.models(); // latest first
      expect(others).toEqual([]);
      expect(first).toEqual({ ...before[0], current: false });
      expect(second).toMatchObject({ current: true, kind: "retrained", verdicts: 2, live: false });
      expect(await info()).toMatchObject({ newVerdicts: 0, verdicts: 2, model: second });
      expect((await details()).labels[0]).toMatchObject({ label: photo.labels[1].label, source: "accepted" });
      await api.useModel({ model: first.model });
      await backend.rest();
      expect((await info()).model).toMatchObject({ model: first.model, current: true });
      expect((await info()).verdicts).toBe(2);
      expect(await refusal(api.useModel({ model: 999 }))).toBe("no-model");
    }, 60_000);
  });

  test("a closed library is null, and calls that need one are refused", async () => {
    await api.closeLibrary();
    expect(await api.library()).toBeNull();
    expect(await refusal(api.browse(VIEW))).toBe("no-library");
    expect(await refusal(api.annotate({ photos: all.slice(0, 1), label: REX, verdict: "accept" }))).toBe("no-library");
  });
});
