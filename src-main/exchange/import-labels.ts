import type { ImportChoice, ImportPlan, LabelId, PhotoId, PlannedKeyword } from "../../src-shared/contract";
import { counted } from "../../src-shared/counted";
import { Refusal } from "../../src-shared/refusal";
import { fullName } from "../labeller/lexicon";
import { changeCards, type LabelCard, labelCards } from "../store/label-cards";
import { pathsOf } from "../store/photos";
import { judgedLabels, type Judgement, standingVerdicts } from "../store/verdicts";
import type { Workbench } from "../workspace/workbench";
import type { Gathered, GatheredKeyword } from "./gather-keywords";
import { keywordReader, kindOfOwn } from "./keyword-labels";

/** Conflicts that are told one by one. */
const TOLD = 500;

/** Labels that a person gave, or made something of. */
const usedLabels = (library: Workbench["library"]): Set<LabelId> =>
  judgedLabels(library).union(new Set(labelCards(library).keys()));

type Bench = Pick<Workbench, "library" | "lexicon">;
interface Mapped extends GatheredKeyword {
  label: LabelId | null;
  /** A new label of the user's own. */
  isNew: boolean;
  /** What a new label is put under. */
  kindOf: LabelId | null;
  doubt: string | null;
}
interface Outcome {
  judgements: Judgement[];
  standing: number;
  contradicted: number;
  conflicts: { photo: PhotoId; label: LabelId; stands: "accept" | "reject" }[];
}

/**
 * What importing would do, without doing it.
 * @param choices labels that a person chose for keywords in the place of those found
 */
export function planImport(bench: Bench, gathered: Gathered, choices: readonly ImportChoice[]): ImportPlan {
  const { library, lexicon } = bench;
  const mapped = mapKeywords(bench, gathered, choices);
  const { judgements, standing, contradicted, conflicts } = outcomeOf(bench, mapped);
  const names = (label: LabelId) => fullName(lexicon.named(label));
  return {
    source: gathered.source,
    photos: gathered.photos.size,
    given: judgements.length,
    standing,
    contradicted,
    conflicts: conflicts.length,
    predictions: gathered.predictions,
    unusable: gathered.unusable,
    unused: gathered.unused,
    keywords: mapped
      .map((each) => plannedKeyword(bench, each))
      .sort(
        (a, b) =>
          Number(b.doubt !== null) - Number(a.doubt !== null) ||
          b.accepted + b.rejected - a.accepted - a.rejected ||
          (a.keyword.join("|") < b.keyword.join("|") ? -1 : 1),
      ),
    conflicting: conflicts.slice(0, TOLD).map(({ photo, label, stands }) => ({
      photo,
      path: pathsOf(library, photo)[0] ?? "",
      name: names(label),
      stands,
    })),
  };
}

/** Imports, as one step that undo takes back; where a verdict stands, it stays. @throws Refusal `no-label` */
export function applyImport(
  bench: Bench,
  gathered: Gathered,
  choices: readonly ImportChoice[],
): { verdicts: number; photos: number; changed: PhotoId[] } {
  const { library, lexicon } = bench;
  const unknown = choices.find(({ label }) => label?.startsWith("wn:") && !lexicon.wordnet.has(label));
  if (unknown) throw new Refusal("no-label", `there is no synset ${unknown.label}`);
  const mapped = mapKeywords(bench, gathered, choices);
  const { judgements } = outcomeOf(bench, mapped);
  if (judgements.length === 0) return { verdicts: 0, photos: 0, changed: [] };
  const photos = [...new Set(judgements.map(({ photo }) => photo))];
  const given = new Set(judgements.map(({ label }) => label));
  const verdicts = changeCards(
    library,
    newCards(bench, mapped, given),
    judgements,
    (n) => `Import ${counted(n, "verdict")} on ${counted(photos.length, "photo")} from ${gathered.source}`,
    `import: ${gathered.source}`,
  );
  return { verdicts, photos: photos.length, changed: photos };
}

function mapKeywords(bench: Bench, gathered: Gathered, choices: readonly ImportChoice[]): Mapped[] {
  const used = usedLabels(bench.library);
  const meaning = keywordReader(bench, used);
  const chosen = new Map(choices.map(({ keyword, label }) => [keyword.join("|"), label]));
  return [...gathered.keywords].map(([key, each]) => {
    const found = meaning(each.keyword);
    const label = chosen.has(key) ? chosen.get(key)! : found.label;
    const isNew = label !== null && label.startsWith("own:") && !used.has(label);
    const named = isNew && label === `own:${each.keyword[each.keyword.length - 1]}`;
    return {
      ...each,
      label,
      isNew,
      doubt: found.doubt,
      kindOf: named ? kindOfOwn(bench, meaning, each.keyword) : null,
    };
  });
}

/** What the import gives, leaving each verdict that stands as it is; where it contradicts itself, nothing. */
function outcomeOf({ library }: Bench, mapped: readonly Mapped[]): Outcome {
  const stands = new Map<LabelId, Map<PhotoId, "accept" | "reject">>();
  for (const { photo, label, verdict } of standingVerdicts(library)) {
    const of = stands.get(label) ?? new Map<PhotoId, "accept" | "reject">();
    stands.set(label, of.set(photo, verdict));
  }
  const outcome: Outcome = { judgements: [], standing: 0, contradicted: 0, conflicts: [] };
  for (const [label, { accept, reject }] of byLabel(mapped)) {
    for (const photo of new Set([...accept, ...reject])) {
      const verdict = accept.has(photo) ? "accept" : "reject";
      const stood = stands.get(label)?.get(photo);
      if (stood === undefined && accept.has(photo) && reject.has(photo)) outcome.contradicted++;
      else if (stood === undefined) outcome.judgements.push({ photo, label, verdict });
      else if (stood === verdict) outcome.standing++;
      else outcome.conflicts.push({ photo, label, stands: stood });
    }
  }
  return outcome;
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

/** New labels go under what stands above them; a deleted label that is chosen is there again. */
function newCards({ library }: Bench, mapped: readonly Mapped[], given: ReadonlySet<LabelId>): Map<LabelId, LabelCard> {
  const cards = labelCards(library);
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
  { lexicon }: Bench,
  { keyword, label, isNew, kindOf, doubt, accept, reject }: Mapped,
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
    doubt,
  };
}
