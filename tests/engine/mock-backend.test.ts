/**
 * Tests of the window run on a mock backend. Here the calls that it answers go to it and to the real engine, and the
 * same expectations hold for both, so that the mock can't drift from the engine.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EngineApi } from "../../src-shared/arguments";
import type { LabelId, PhotoDetails, PhotoId, View } from "../../src-shared/contract";
import { type Backend, openMock, openReal, photosOf, refusal } from "../fixtures/contract-backends";

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
    ({ all, readable, photo } = await photosOf(api));
  }, 60_000);
  afterAll(() => backend.close());

  const details = (id = photo.photo) => api.photo({ photo: id });
  const browse = (view: Partial<View>) => api.browse({ ...VIEW, ...view });
  const info = async () => (await api.library())!;
  const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
  /** Takes back all verdicts. The mock can't undo. */
  const clearAll = async () => {
    for (const { photo: id, labels, rejected } of await api.photosDetails({ photos: all }))
      for (const { label, source } of [...labels, ...rejected])
        if (source !== "predicted") await api.annotate({ photos: [id], label, verdict: "clear" });
  };

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
    afterEach(() => clearAll());

    test("without words contain only confident photos, in order, without scores", async () => {
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
        if (group === "date") for (const { title } of groups) expect(title).toMatch(/^[A-Z][a-z]+ \d{4}$/);
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
    });

    test("of a label contain the photos that carry it, surest first", async () => {
      const [{ label, predicted }] = await api.labels();
      const { photos, scores } = await browse({ label, sort: "relevance" });
      expect(photos).toHaveLength(predicted);
      expect(scores).toBeNull();
      const shown = await api.photosDetails({ photos });
      const order = shown.map(({ labels }) => labels.find((each) => each.label === label)!.score);
      expect(order).toEqual([...order].sort((a, b) => b - a));
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
    afterEach(() => clearAll());

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
  });

  describe("verdicts", () => {
    afterEach(() => clearAll());

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

    test("on a new name add an own label, on many photos", async () => {
      const some = readable.slice(0, 2).map((each) => each.photo);
      expect(await api.annotate({ photos: some, label: REX, verdict: "accept" })).toEqual({ photos: 2 });
      for (const { labels } of await api.photosDetails({ photos: some }))
        expect(labels[0]).toEqual({ label: REX, name: "Rex", parent: null, score: 1, source: "added" });
      expect((await api.labels()).find(({ label }) => label === REX)).toMatchObject({
        name: "Rex",
        predicted: 0,
        accepted: 2,
      });
    });

    test("send events with their photos and the counts; one on an unknown photo is refused", async () => {
      await backend.forget();
      await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
      await backend.rest();
      expect(backend.emitted("photos")).toEqual([{ changed: [photo.photo] }]);
      expect(backend.emitted("library").at(-1)).toMatchObject({ verdicts: 1 });
      expect(await refusal(api.annotate({ photos: [999_999], label: REX, verdict: "accept" }))).toBe("no-photo");
    });
  });

  describe("labels", () => {
    afterEach(() => clearAll());

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

  describe("counts", () => {
    afterEach(() => clearAll());

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

  test("near-duplicates are unknown before the first search, which is reported as a job", async () => {
    expect(await api.duplicates()).toEqual({ groups: null, stale: true });
    expect(await api.splitState()).toEqual({ split: null, groups: null, stale: true });
    await backend.forget();
    const { job } = await api.findDuplicates();
    await backend.rest();
    const events = backend.emitted("job").filter((event) => event.job === job);
    expect(events.at(-1)).toMatchObject({ kind: "duplicates", state: "done" });
    const { groups, stale } = await api.duplicates();
    expect(stale).toBe(false);
    for (const { photos, best } of groups!) expect(photos[0]).toBe(best);
    expect(await api.splitState()).toEqual({ split: null, groups: groups!.length, stale: false });
    const grouped = groups!.reduce((sum, { photos }) => sum + photos.length, 0);
    expect(await api.planSplit(SHARES)).toMatchObject({ groups: groups!.length, grouped, moved: 0 });
  });

  test("versions are reported and used once learned", async () => {
    const before = await api.models();
    expect(before).toMatchObject([{ current: true, kind: "bundled", verdicts: 0 }]);
    expect((await info()).model).toEqual(before[0]);
    await api.annotate({ photos: [photo.photo], label: photo.labels[0].label, verdict: "reject" });
    await api.annotate({ photos: [photo.photo], label: photo.labels[1].label, verdict: "accept" });
    expect((await info()).newVerdicts).toBe(2);
    await backend.forget();
    const { job } = await api.retrain();
    await backend.rest();
    const events = backend.emitted("job").filter((event) => event.job === job);
    expect(events.at(-1)).toMatchObject({ kind: "retrain", state: "done" });
    const [second, first, ...others] = await api.models(); // latest first
    expect(others).toEqual([]);
    expect(first).toEqual({ ...before[0], current: false });
    expect(second).toMatchObject({ current: true, kind: "retrained", verdicts: 2, live: false });
    expect(await info()).toMatchObject({ newVerdicts: 0, verdicts: 2, model: second });
  }, 60_000);

  test("model packs are listed with what they are, and unknown ones are refused", async () => {
    const { installed, available } = await api.packs();
    expect(installed[0]).toMatchObject({ name: "efficientnet-lite2", isBundled: true, fault: null });
    expect(installed[0].pack).toMatchObject({ classes: 1000, detectors: ["objects", "faces"], hasTextTower: false });
    expect(available).toMatchObject([{ name: "siglip2-base", bytes: 785_264_785, downloaded: 0 }]);
    expect(await refusal(api.getPack({ name: "none" }))).toBe("no-pack");
    expect(await refusal(api.measurePack({ name: "none" }))).toBe("no-pack");
  });

  test("a closed library is null, and calls that need one are refused", async () => {
    await api.closeLibrary();
    expect(await api.library()).toBeNull();
    expect(await refusal(api.browse(VIEW))).toBe("no-library");
    expect(await refusal(api.annotate({ photos: all.slice(0, 1), label: REX, verdict: "accept" }))).toBe("no-library");
  });
});
