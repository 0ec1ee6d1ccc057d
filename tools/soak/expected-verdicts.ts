import type { LabelId, PhotoId, Verdict } from "../../src-shared/contract";

type Key = `${PhotoId} ${LabelId}`;
type Change = { key: Key; before: Verdict; after: Verdict };
type Stands = Map<Key, "accept" | "reject">;

/** One action of a person. */
export type Step =
  | { do: "annotate"; photos: PhotoId[]; label: LabelId; verdict: Verdict }
  | { do: "undo" }
  | { do: "redo" };

/** The expected verdicts, by the simplest model of annotating, undoing and redoing. */
export interface ExpectedVerdicts {
  /** Sorted lines of photo, label and verdict. */
  lines(): string[];
  /** A copy after this action. */
  linesAfter(step: Step): string[];
  take(step: Step): void;
}

export function expectNoVerdicts(): ExpectedVerdicts {
  let current: Stands = new Map();
  let done: Change[][] = [];
  let undone: Change[][] = [];

  const put = (verdicts: Stands, key: Key, verdict: Verdict) => {
    if (verdict === "clear") verdicts.delete(key);
    else verdicts.set(key, verdict);
  };
  const linesOf = (verdicts: Stands) => [...verdicts].map(([key, verdict]) => `${key} ${verdict}`).sort();
  const after = (step: Step) => {
    const next = { current: new Map(current), done: [...done], undone: [...undone] };
    if (step.do === "annotate") {
      const keys = [...new Set(step.photos)].map((photo): Key => `${photo} ${step.label}`);
      const changes = keys
        .map((key): Change => ({ key, before: current.get(key) ?? "clear", after: step.verdict }))
        .filter((change) => change.before !== change.after);
      if (changes.length === 0) return next;
      for (const change of changes) put(next.current, change.key, change.after);
      next.done.push(changes);
      next.undone = [];
    } else if (step.do === "undo") {
      const changes = next.done.pop();
      for (const change of changes ?? []) put(next.current, change.key, change.before);
      if (changes) next.undone.push(changes);
    } else {
      const changes = next.undone.pop();
      for (const change of changes ?? []) put(next.current, change.key, change.after);
      if (changes) next.done.push(changes);
    }
    return next;
  };
  return {
    lines: () => linesOf(current),
    linesAfter: (step) => linesOf(after(step).current),
    take: (step) => void ({ current, done, undone } = after(step)),
  };
}
