/** What the window can ask the engine about labels and what is learned from verdicts, on real photos. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LabelId } from "../../src-shared/contract";
import { refusal } from "../fixtures/contract-backends";
import {
  all,
  api,
  backend,
  details,
  info,
  lastReportOf,
  openRealBackend,
  photo,
  readable,
  REX,
  undoAll,
  withLabel,
} from "../fixtures/real-backend";

openRealBackend();

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
    expect(lastReportOf(job)).toMatchObject({
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
