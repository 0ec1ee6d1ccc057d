import { z, type ZodType } from "zod";
import type { Api, CallName, LabelId } from "../src-preload/contract";

/** What only the host can do: it owns the windows and the desktop. The engine answers all other calls. */
export type HostCall = "chooseFolder" | "chooseCopy" | "chooseSaveFile" | "reveal";
export type HostApi = Pick<Api, HostCall>;
export type EngineApi = Omit<Api, HostCall>;

const none = z.tuple([]);
const one = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.tuple([z.strictObject(shape)]);

const id = z.int().positive();
const share = z.number().min(0).max(1);
const path = z.string().min(1).max(4096).refine((text) => !text.includes("\0"), "a path has no NUL character");
const words = z.string().max(500);
const query = z.string().max(2000);
const arrangement = { sort: z.enum(["relevance", "taken", "name", "added"]), descending: z.boolean(), group: z.enum(["none", "date", "folder"]) };
const splitQuery = { train: share, validation: share, test: share, seed: z.int().min(0).max(0xffff_ffff) };
const setName = z.string().trim().min(1).max(200);
const photos = z.array(id).max(1_000_000);
/** Without control characters and halves of a character, which no file format carries unchanged. */
const LABEL = /^(wn:\d{8}|own:[^\p{Cc}\p{Cs}]{1,200})$/u;
const label = z.custom<LabelId>((text) => typeof text === "string" && LABEL.test(text), "a label is wn: and 8 digits, or own: and up to 200 characters");
const labelName = z.string().trim().regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u, "a name has up to 200 characters and no control characters");

const judged = { photos, label, verdict: z.enum(["accept", "reject", "clear"]) };

/** What each call may be given. A call that is missing here, or that the Api does not have, does not compile. */
export const ARGUMENTS: { [Name in CallName]: ZodType<Parameters<Api[Name]>> } = {
  welcome: none,
  openLibrary: one({ folder: path }),
  openSamples: none,
  closeLibrary: none,
  forgetLibrary: one({ folder: path }),
  library: none,
  copyLibrary: one({ file: path, overwrite: z.boolean() }),
  openCopy: one({ file: path, folder: path, replace: z.boolean() }),
  keepForFormer: none,
  subfolders: one({ path: path.optional() }),

  browse: one({
    words: query.optional(),
    label: label.optional(),
    folder: z.string().max(4096).optional(),
    state: z.enum(["reviewed", "unreviewed", "unlabelled"]).optional(),
    similar: z.strictObject({ like: photos.min(1), unlike: photos }).optional(),
    photos: photos.optional(),
    ...arrangement,
  }),
  photoMap: none,
  makePhotoMap: none,
  tiles: one({ photos }),
  photo: one({ photo: id }),
  labels: none,
  folders: none,
  suggestLabels: one({ text: words, limit: z.int().min(1).max(1000) }),
  labelCards: none,
  labelOffers: one({ label }),
  changeLabel: one({
    label,
    change: z.strictObject({
      name: labelName.nullable().optional(), kindOf: label.nullable().optional(), synonyms: z.array(labelName).max(50).optional(),
      colour: z.enum(["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"]).nullable().optional(),
      key: z.string().regex(/^[A-Z]$/, "a key is a capital letter from A to Z").nullable().optional(),
    }),
  }),
  mergeLabels: one({ from: z.array(label).min(1).max(1000), into: label }),
  deleteLabels: one({ labels: z.array(label).min(1).max(100_000) }),
  restoreLabel: one({ label }),
  explain: one({ photo: id, label }),
  failures: none,

  completeQuery: one({ text: query, caret: z.int().min(0).max(2000) }),
  countPhotos: one({ query }),
  sets: none,
  saveSet: one({ name: setName, query, ...arrangement }),
  renameSet: one({ set: id, name: setName }),
  deleteSet: one({ set: id }),

  reviewQueue: one({ limit: z.int().min(1).max(10_000) }),
  mislabels: one({ limit: z.int().min(1).max(10_000) }),
  duplicates: none,
  findDuplicates: none,
  countSpread: one({ photo: id.nullable() }),
  spreadVerdicts: one({ photo: id.nullable() }),
  splitState: none,
  planSplit: one(splitQuery),
  makeSplit: one(splitQuery),
  removeSplit: none,
  countAt: one({ threshold: share, label: label.optional() }),

  judge: one(judged),
  judgeEach: one({ verdicts: z.array(z.strictObject(judged)).min(1).max(1000) }),
  undo: none,
  redo: none,

  retrain: none,
  models: none,
  useModel: one({ model: id }),
  watching: one({ photos }),
  changedMost: one({ limit: z.int().min(1).max(10_000) }),
  compareModels: one({ a: id, b: id, limit: z.int().min(1).max(10_000) }),
  keepModel: one({ model: id }),

  evaluate: one({ dataset: path }),
  evaluation: none,

  exportCsv: one({ file: path, threshold: share, escapeFormulas: z.boolean(), overwrite: z.boolean() }),

  jobs: none,
  pauseJob: one({ job: id }),
  resumeJob: one({ job: id }),
  cancelJob: one({ job: id }),
  rescan: none,

  settings: none,
  changeSettings: one({
    thumbnailMegabytes: z.number().min(0).max(1_000_000).optional(),
    excludedFolders: z.array(path).max(10_000).optional(),
    labelSet: path.optional(),
    threshold: share.optional(),
    labelThresholds: z.record(label, share).optional(),
    liveLearning: z.boolean().optional(),
    watchFolder: z.boolean().optional(),
  }),
  about: none,

  chooseFolder: none,
  chooseCopy: none,
  chooseSaveFile: one({ suggested: path }),
  reveal: one({ photo: id }),
};

export function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(ARGUMENTS, name);
}

export function isHostCall(call: unknown): boolean {
  return ["chooseFolder", "chooseCopy", "chooseSaveFile", "reveal"].includes((call as { name?: string } | null)?.name ?? "");
}
