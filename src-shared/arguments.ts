import { z, type ZodType } from "zod";
import type { Api, CallName, LabelId } from "./contract";
import { isLabelId, isLabelName, labelIdFault, labelNameFault } from "./label-id";
import { FLAGS, MAX_LABEL_TEXT, MAX_RATING } from "./photo-marks";

/** Calls that the host answers, because it owns the windows and the desktop. The engine answers all others. */
export type HostCall = "chooseFolder" | "chooseCopy" | "chooseLabelFile" | "chooseSaveFile" | "reveal" | "revealExport";
export type HostApi = Pick<Api, HostCall>;
export type EngineApi = Omit<Api, HostCall>;

const none = z.tuple([]);
const one = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.tuple([z.strictObject(shape)]);

const id = z.int().positive();
const share = z.number().min(0).max(1);
const rectangle = z
  .tuple([share, share, share, share])
  .refine(
    ([left, top, right, bottom]) => left <= right && top <= bottom,
    "A box’s left and top can’t lie beyond its right and bottom.",
  );
/** Smaller ones are slips of the mouse, and their stored places would have no area. */
const MIN_DRAWN_SIDE = 0.002;
const drawnRectangle = rectangle.refine(
  ([left, top, right, bottom]) => right - left >= MIN_DRAWN_SIDE && bottom - top >= MIN_DRAWN_SIDE,
  `A box must be at least ${MIN_DRAWN_SIDE} of the photo wide and high.`,
);
const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes("\0"), "A path can’t contain a NUL character.");
const words = z.string().max(500);
const query = z.string().max(2000);
const arrangement = {
  sort: z.enum(["relevance", "taken", "name", "added", "rating"]),
  descending: z.boolean(),
  group: z.enum(["none", "date", "event", "folder"]),
};
const splitQuery = { train: share, validation: share, test: share, seed: z.int().min(0).max(0xffff_ffff) };
const labelChoice = {
  photos: z.array(id).max(1_000_000).nullable(),
  labels: z.enum(["shown", "verdicts", "accepted"]),
  threshold: share,
};
const boxChoice = z.union([z.literal("accepted"), share]);
const boxes = boxChoice.nullable().optional();
const oneFile = { file: path, overwrite: z.boolean() };
const packName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][\w.-]*$/, "A pack’s name has letters, digits, dots, underscores and hyphens.");
const channels = (lowest: number) => {
  const channel = z.number().min(lowest).max(1000);
  return z.tuple([channel, channel, channel]);
};
const packAnswers = z.strictObject({
  kind: z.enum(["classifier", "objects"]).optional(),
  name: packName.optional(),
  overwrite: z.boolean().optional(),
  size: z.int().min(8).max(2048).optional(),
  resize: z.int().min(8).max(8192).optional(),
  mean: channels(-1000).optional(),
  std: channels(1e-4).optional(),
  labels: path.optional(),
  to: path.optional(),
  threshold: share.optional(),
  licence: z.string().max(200).optional(),
  source: z.string().max(1000).optional(),
});
const setName = z.string().trim().min(1).max(200);
const photos = z.array(id).max(1_000_000);
const label = z.custom<LabelId>(isLabelId, { error: ({ input }) => labelIdFault(input) ?? undefined });
const boxRef = z.strictObject({ photo: id, label, detector: z.string().min(1).max(100), box: rectangle });
const someBoxes = z.array(boxRef).min(1).max(100_000);
const choices = z
  .array(z.strictObject({ keyword: z.array(z.string()).min(1).max(1000), label: label.nullable() }))
  .max(100_000);
const labelName = z
  .string()
  .normalize("NFC")
  .trim()
  .refine(isLabelName, { error: ({ input }) => labelNameFault(input as string) ?? undefined });

const annotation = { photos, label, verdict: z.enum(["accept", "reject", "clear"]) };

/** The schema of each call's arguments. A call that is missing here or in `Api` does not compile. */
export const ARGUMENTS: { [Name in CallName]: ZodType<Parameters<Api[Name]>> } = {
  welcome: none,
  openLibrary: one({ folder: path }),
  openSamples: none,
  deleteSamples: none,
  closeLibrary: none,
  forgetLibrary: one({ folder: path }),
  library: none,
  copyLibrary: one({ file: path, overwrite: z.boolean() }),
  openCopy: one({ file: path, folder: path, replace: z.boolean() }),
  libraryBackups: one({ folder: path }),
  restoreLibrary: one({ folder: path, copy: z.string().max(255).nullable() }),
  copyToPreviousFolder: none,
  subfolders: one({ path: path.optional() }),

  browse: one({
    words: query.optional(),
    label: label.optional(),
    folder: z.string().max(4096).optional(),
    state: z.enum(["reviewed", "unreviewed", "unlabelled"]).optional(),
    similar: z.strictObject({ like: photos.min(1), unlike: photos }).optional(),
    likeBox: boxRef.optional(),
    photos: photos.optional(),
    ...arrangement,
  }),
  embeddingMap: none,
  makeEmbeddingMap: none,
  tiles: one({ photos }),
  photo: one({ photo: id }),
  photosDetails: one({ photos: z.array(id).max(1000) }),
  sharpness: one({ photos: z.array(id).max(1000) }),
  boxes: one({ photo: id }),
  labels: none,
  folders: none,
  suggestLabels: one({ text: words, limit: z.int().min(1).max(1000) }),
  labelCards: none,
  labelOptions: one({ label }),
  changeLabel: one({
    label,
    change: z.strictObject({
      name: labelName.nullable().optional(),
      kindOf: label.nullable().optional(),
      synonyms: z.array(labelName).max(50).optional(),
      colour: z.enum(["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"]).nullable().optional(),
      key: z
        .string()
        .regex(/^[A-Z]$/, "A key is a capital letter from A to Z.")
        .nullable()
        .optional(),
    }),
  }),
  mergeLabels: one({ from: z.array(label).min(1).max(1000), into: label }),
  deleteLabels: one({ labels: z.array(label).min(1).max(100_000) }),
  restoreLabel: one({ label }),
  explain: one({ photo: id, label }),
  failures: none,

  completeQuery: one({ text: query, caret: z.int().min(0).max(2000) }),
  countPhotos: one({ query }),
  viewCounts: none,
  savedSearches: none,
  saveSearch: one({ name: setName, query, ...arrangement }),
  renameSearch: one({ set: id, name: setName }),
  deleteSearch: one({ set: id }),

  reviewQueue: one({ limit: z.int().min(1).max(10_000) }),
  labelIssues: one({ limit: z.int().min(1).max(10_000) }),
  duplicates: none,
  findDuplicates: none,
  countSpread: one({ photo: id.nullable() }),
  spreadVerdicts: one({ photo: id.nullable() }),
  eventOf: one({ photo: id }),
  nameEvent: one({ photo: id, name: labelName }),
  cutEvent: one({ photo: id }),
  mergeEvents: one({ photo: id }),
  splitState: none,
  planSplit: one(splitQuery),
  makeSplit: one(splitQuery),
  removeSplit: none,
  countAt: one({ threshold: share, label: label.optional() }),

  annotate: one(annotation),
  annotateEach: one({ verdicts: z.array(z.strictObject(annotation)).min(1).max(1000) }),
  judgeBoxes: one({ boxes: someBoxes, verdict: z.enum(["accept", "reject", "clear"]) }),
  relabelBoxes: one({ boxes: someBoxes, label }),
  boxTiles: one({
    label,
    state: z.enum(["unjudged", "accepted", "rejected", "all", "proposed"]),
    order: z.enum(["doubt", "confidence", "newest", "size"]),
  }),
  boxLabels: none,
  drawBox: one({ photo: id, label, box: drawnRectangle }),
  moveBox: one({ box: boxRef, to: drawnRectangle }),
  markPhotos: one({
    photos,
    marks: z.strictObject({
      flag: z.enum(FLAGS).optional(),
      rating: z.int().min(0).max(MAX_RATING).optional(),
      colour: z.string().trim().max(MAX_LABEL_TEXT).optional(),
    }),
  }),
  markConflicts: none,
  useMarks: one({ conflicts: z.array(id).min(1).max(100_000), side: z.enum(["ours", "theirs"]) }),
  dismissMarkConflicts: one({ conflicts: z.array(id).min(1).max(100_000) }),
  listMarkConflicts: one({ conflicts: z.array(id).min(1).max(100_000) }),
  undo: none,
  redo: none,

  retrain: none,
  models: none,
  useModel: one({ model: id }),
  watching: one({ photos }),
  changedMost: one({ limit: z.int().min(1).max(10_000) }),
  compareModels: one({ a: id, b: id, limit: z.int().min(1).max(10_000) }),
  keepModel: one({ model: id }),
  relabelWithBetterPack: none,
  usePack: one({ name: path }),
  libraryPacks: none,
  dropFeatures: one({ visualId: z.string().min(1).max(100) }),
  goBack: none,

  evaluateVerdicts: none,
  verdictEvaluation: none,
  evaluate: one({ dataset: path }),
  evaluation: none,
  comparePacks: one({ name: path }),
  packComparison: none,

  countExport: one(labelChoice),
  exportLabels: z.tuple([
    z.discriminatedUnion("format", [
      z.strictObject({
        ...labelChoice,
        ...oneFile,
        format: z.literal("csv"),
        text: z.enum(["name", "id"]),
        escapeFormulas: z.boolean(),
        boxes,
        marks: z.boolean().optional(),
      }),
      z.strictObject({
        ...labelChoice,
        ...oneFile,
        format: z.literal("wide"),
        text: z.enum(["name", "id"]),
        escapeFormulas: z.boolean(),
      }),
      z.strictObject({ ...labelChoice, ...oneFile, format: z.literal("jsonl"), marks: z.boolean().optional() }),
      z.strictObject({ ...labelChoice, ...oneFile, format: z.literal("coco"), boxes }),
      z.strictObject({
        ...labelChoice,
        format: z.enum(["yolo", "voc"]),
        folder: path,
        boxes: boxChoice,
        images: z.enum(["none", "copies", "links"]),
      }),
      z.strictObject({ ...labelChoice, ...oneFile, format: z.literal("parquet") }),
      z.strictObject({ ...labelChoice, format: z.literal("folders"), folder: path, as: z.enum(["copies", "links"]) }),
      z.strictObject({
        ...labelChoice,
        format: z.literal("xmp"),
        folder: path.nullable(),
        naming: z.enum(["full", "stem"]),
        boxes,
        marks: z.boolean().optional(),
        dryRun: z.boolean(),
      }),
    ]),
  ]),

  planImport: one({
    source: z.discriminatedUnion("from", [
      z.strictObject({ from: z.literal("xmp") }),
      z.strictObject({ from: z.literal("keywords") }),
      z.strictObject({
        from: z.literal("folders"),
        level: z.enum(["nearest", "top", "all"]),
        without: z.array(z.string().max(300)).max(1000),
      }),
      z.strictObject({ from: z.enum(["csv", "jsonl", "coco"]), file: path }),
      z.strictObject({ from: z.enum(["yolo", "voc"]), folder: path }),
      z.strictObject({ from: z.literal("labeller"), file: path, threshold: share, trust: z.boolean() }),
    ]),
  }),
  importPlan: one({ plan: id, choices }),
  applyImport: one({ plan: id, choices }),
  keywordOffer: none,
  closeKeywordOffer: none,
  exportLabeller: one({ file: path, overwrite: z.boolean(), top: z.int().min(1).max(12), threshold: share }),

  packs: none,
  inspectPack: one({ path }),
  addPack: one({ path, answers: packAnswers }),
  measurePack: one({ name: packName }),
  getPack: one({ name: packName }),
  removePack: one({ name: packName }),

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
    objects: z.boolean().optional(),
    faces: z.boolean().optional(),
  }),
  tryDisk: none,
  about: none,

  chooseFolder: none,
  chooseCopy: none,
  chooseLabelFile: none,
  chooseSaveFile: one({ suggested: path }),
  reveal: one({ photo: id }),
  revealExport: none,
};

export function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(ARGUMENTS, name);
}

export function isHostCall(call: unknown): boolean {
  return ["chooseFolder", "chooseCopy", "chooseLabelFile", "chooseSaveFile", "reveal", "revealExport"].includes(
    (call as { name?: string } | null)?.name ?? "",
  );
}
