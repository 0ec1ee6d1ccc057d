import type { ImportChoice, ImportPlan, LabelId, PhotoId, PlannedKeyword } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { isOwnLabel, isSynset, nameOfOwnLabel } from "../../src-shared/label-id";
import { Refusal } from "../../src-shared/refusal";
import type { Rectangle } from "../base/overlap";
import { fullName } from "../labeller/lexicon";
import type { BoxChange } from "../store/box-verdicts";
import type { LabelCard } from "../store/label-card";
import { changeCards, labelCards } from "../store/label-cards";
import { pathsOf } from "../store/photos";
import { annotatedLabels, currentAnnotations, type VerdictChange } from "../store/verdicts";
import { keywordReader, parentOfOwnLabel } from "../workspace/keyword-labels";
import type { OpenLibrary } from "../workspace/open-library";
import type { CollectedKeyword, CollectedKeywords } from "./collect-keywords";
import { boxOutcome } from "./import-boxes";

/** Conflicts listed at most. */
const MAX_LISTED = 500;

/** Labels that have verdicts or a card. */
const usedLabels = (store: OpenLibrary["store"]): Set<LabelId> =>
  annotatedLabels(store).union(new Set(labelCards(store).keys()));

type ImportLibrary = Pick<OpenLibrary, "store" | "lexicon">;
interface Mapped extends CollectedKeyword {
  label: LabelId | null;
  /** An own label that doesn't exist yet. */
  isNew: boolean;
  /** Parent of a new label. */
  kindOf: LabelId | null;
  doubt: string | null;
}
interface Outcome {
  verdictChanges: VerdictChange[];
  alreadySet: number;
  contradicted: number;
  boxChanges: BoxChange[];
  boxesSet: number;
  conflicts: { photo: PhotoId; label: LabelId; existing: "accept" | "reject"; box: boolean }[];
}

/**
 * Previews an import without changing anything.
 * @param choices labels that the user chose for keywords, instead of those found
 */
export function planImport(
  library: ImportLibrary,
  collected: CollectedKeywords,
  choices: readonly ImportChoice[],
): ImportPlan {
  const { store, lexicon } = library;
  const mapped = mapKeywords(library, collected, choices);
  const { verdictChanges, alreadySet, contradicted, boxChanges, boxesSet, conflicts } = outcomeOf(library, mapped);
  const names = (label: LabelId) => fullName(lexicon.named(label));
  return {
    source: collected.source,
    photos: collected.photos.size,
    given: verdictChanges.length,
    alreadySet,
    boxes: boxChanges.length,
    boxesSet,
    contradicted,
    conflicts: conflicts.length,
    predictions: collected.predictions,
    unusable: collected.unusable,
    unusableItems: collected.unusableItems,
    keywords: mapped
      .map((each) => plannedKeyword(library, each))
      .sort(
        (a, b) =>
          Number(b.doubt !== null) - Number(a.doubt !== null) ||
          b.accepted + b.rejected - a.accepted - a.rejected ||
          (a.keyword.join("|") < b.keyword.join("|") ? -1 : 1),
      ),
    conflicting: conflicts.slice(0, MAX_LISTED).map(({ photo, label, existing, box }) => ({
      photo,
      path: pathsOf(store, photo)[0] ?? "",
      name: names(label),
      existing,
      box,
    })),
  };
}

/**
 * Imports labels and boxes as one undo step. Existing verdicts stay.
 * @returns how many verdicts on labels and boxes were added; the photos that changed, and those that got boxes, which
 *   are to be labelled again
 * @throws Refusal `no-label`
 */
export function applyImport(
  library: ImportLibrary,
  collected: CollectedKeywords,
  choices: readonly ImportChoice[],
): { verdicts: number; boxes: number; photos: number; changed: PhotoId[]; boxed: PhotoId[] } {
  const { store, lexicon } = library;
  const unknown = choices.find(({ label }) => label !== null && isSynset(label) && !lexicon.wordnet.has(label));
  if (unknown) throw new Refusal("no-label", `There is no label ${unknown.label} in WordNet.`);
  const mapped = mapKeywords(library, collected, choices);
  const { verdictChanges, boxChanges } = outcomeOf(library, mapped);
  const changes = [...verdictChanges, ...boxChanges];
  if (changes.length === 0) return { verdicts: 0, boxes: 0, photos: 0, changed: [], boxed: [] };
  const photos = [...new Set(changes.map(({ photo }) => photo))];
  const given = new Set(changes.map(({ label }) => label));
  const boxes = boxChanges.length > 0 ? ` and ${formatCount(boxChanges.length, "box", "boxes")}` : "";
  const verdicts = changeCards(
    store,
    newCards(library, mapped, given),
    verdictChanges,
    (n) =>
      `Import ${formatCount(n, "verdict")}${boxes} on ${formatCount(photos.length, "photo")} from ${collected.source}`,
    { source: `import: ${collected.source}`, boxes: boxChanges },
  );
  const boxed = [...new Set(boxChanges.map(({ photo }) => photo))];
  return { verdicts, boxes: boxChanges.length, photos: photos.length, changed: photos, boxed };
}

function mapKeywords(library: ImportLibrary, collected: CollectedKeywords, choices: readonly ImportChoice[]): Mapped[] {
  const used = usedLabels(library.store);
  const meaning = keywordReader(library, used);
  const chosen = new Map(choices.map(({ keyword, label }) => [keyword.join("|"), label]));
  return [...collected.keywords].map(([key, each]) => {
    const found = meaning(each.keyword);
    const label = chosen.has(key) ? chosen.get(key)! : found.label;
    const isNew = label !== null && isOwnLabel(label) && !used.has(label);
    const named = isNew && nameOfOwnLabel(label) === each.keyword.at(-1);
    return {
      ...each,
      label,
      isNew,
      doubt: found.doubt,
      kindOf: named ? parentOfOwnLabel(library, meaning, each.keyword) : null,
    };
  });
}

/**
 * The verdicts that an import adds. Leaves existing verdicts as they are, and skips labels that the import itself
 * contradicts.
 */
function outcomeOf({ store }: ImportLibrary, mapped: readonly Mapped[]): Outcome {
  const existing = new Map<LabelId, Map<PhotoId, "accept" | "reject">>();
  for (const { photo, label, verdict } of currentAnnotations(store)) {
    const of = existing.get(label) ?? new Map<PhotoId, "accept" | "reject">();
    existing.set(label, of.set(photo, verdict));
  }
  const outcome: Outcome = {
    verdictChanges: [],
    alreadySet: 0,
    contradicted: 0,
    boxChanges: [],
    boxesSet: 0,
    conflicts: [],
  };
  for (const [label, { accept, reject }] of byLabel(mapped)) {
    for (const photo of new Set([...accept, ...reject])) {
      const verdict = accept.has(photo) ? "accept" : "reject";
      const current = existing.get(label)?.get(photo);
      if (current === undefined && accept.has(photo) && reject.has(photo)) outcome.contradicted++;
      else if (current === undefined) outcome.verdictChanges.push({ photo, label, verdict });
      else if (current === verdict) outcome.alreadySet++;
      else outcome.conflicts.push({ photo, label, existing: current, box: false });
    }
  }
  const boxes = boxOutcome(store, boxesByLabel(mapped), (label, photo) => existing.get(label)?.get(photo) === "reject");
  outcome.boxChanges = boxes.changes;
  outcome.boxesSet = boxes.alreadySet;
  for (const conflict of boxes.conflicts) outcome.conflicts.push({ ...conflict, existing: "reject", box: true });
  return outcome;
}

function boxesByLabel(mapped: readonly Mapped[]): Map<LabelId, { photo: PhotoId; box: Rectangle }[]> {
  const byLabel = new Map<LabelId, { photo: PhotoId; box: Rectangle }[]>();
  for (const { label, boxes } of mapped)
    if (label !== null && boxes.length > 0) byLabel.set(label, [...(byLabel.get(label) ?? []), ...boxes]);
  return byLabel;
}

function byLabel(mapped: readonly Mapped[]): Map<LabelId, { accept: Set<PhotoId>; reject: Set<PhotoId> }> {
  const labels = new Map<LabelId, { accept: Set<PhotoId>; reject: Set<PhotoId> }>();
  for (const { label, accept, reject } of mapped) {
    if (label === null) continue;
    const known = labels.get(label) ?? { accept: new Set(), reject: new Set() };
    labels.set(label, { accept: known.accept.union(accept), reject: known.reject.union(reject) });
  }
  return labels;
}

/**
 * Cards to change: new labels get the parent that their keyword names, and deleted labels that the user chose are
 * restored.
 */
function newCards(
  { store }: ImportLibrary,
  mapped: readonly Mapped[],
  given: ReadonlySet<LabelId>,
): Map<LabelId, LabelCard> {
  const cards = labelCards(store);
  const changed = new Map<LabelId, LabelCard>();
  for (const { label, kindOf } of mapped) {
    if (label === null || !given.has(label)) continue;
    const { hidden, ...card } = changed.get(label) ?? cards.get(label) ?? {};
    if (kindOf !== null && card.parent === undefined) changed.set(label, { ...card, parent: kindOf });
    else if (hidden) changed.set(label, card);
  }
  return changed;
}

function plannedKeyword(
  { lexicon }: ImportLibrary,
  { keyword, label, isNew, kindOf, doubt, accept, reject, boxes }: Mapped,
): PlannedKeyword {
  const kind = label === null || isNew ? undefined : lexicon.wordnet.parents(label)[0];
  return {
    keyword,
    label,
    name: label === null ? "" : lexicon.named(label).name,
    parent: kind === undefined ? null : lexicon.named(kind).name,
    isNew,
    kindOf: kindOf === null ? null : lexicon.named(kindOf).name,
    accepted: accept.size,
    rejected: reject.size,
    boxes: boxes.length,
    doubt,
  };
}
