/** What the window can ask the engine about verdicts, labels and searches, on real photos. */
import { afterEach, describe, expect, test } from "vitest";
import type { AnnotationCall } from "../../src-shared/contract";
import { refusal } from "../fixtures/contract-backends";
import {
  all,
  api,
  backend,
  browse,
  details,
  info,
  openRealBackend,
  photo,
  readable,
  REX,
  undoAll,
  withLabel,
} from "../fixtures/real-backend";

openRealBackend();

const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

describe("verdicts", () => {
  afterEach(() => undoAll());

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
});

describe("searching", () => {
  afterEach(() => undoAll());

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
