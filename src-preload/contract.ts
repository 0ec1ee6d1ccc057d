/**
 * What crosses from the engine to a window. Types only: no import here drags code along.
 * A host that forgets a call, or a call that nobody declares, does not compile.
 */

/** Row id of a photo: a content, wherever and however often it lies in the folder. */
export type PhotoId = number;
/** `wn:02086723` is the WordNet 3.1 noun synset at that offset; `own:Rex` is a name of the user's own. Stable for ever. */
export type LabelId = `wn:${string}` | `own:${string}`;
export type ModelId = number;

export interface Api {
  /** What the window shows before a library is open. */
  welcome(): Promise<Welcome>;
  /** Opens the library of a folder, making it on first sight, and starts to scan and label it. */
  openLibrary(query: { folder: string }): Promise<LibraryInfo>;
  /** Opens the public-domain photographs that come with the program. */
  openSamples(): Promise<LibraryInfo>;
  closeLibrary(): Promise<void>;
  /** Takes a library out of the recent ones. Deletes nothing. */
  forgetLibrary(query: { folder: string }): Promise<void>;
  library(): Promise<LibraryInfo | null>;
  /** Writes all that can't be made again (photos, verdicts, labels, models) into one file, ending in `.semblance`, for another computer. */
  copyLibrary(query: { file: string; overwrite: boolean }): Promise<{ file: string; verdicts: number }>;
  /** Makes such a file the library of a folder and opens it; a library that the folder has already is put aside. */
  openCopy(query: { file: string; folder: string; replace: boolean }): Promise<LibraryInfo>;
  /** Folders inside a folder, for hosts without a folder dialog; without a path, those of the home folder. */
  subfolders(query: { path?: string }): Promise<{ path: string; parent: string | null; folders: string[]; photos: number }>;

  /** The photos of a view, in its order. With words: nearest first, unknown words apart with suggestions. A query that can't be read finds none. */
  browse(view: View): Promise<Browsed>;
  /** What a grid tile shows, for the photos on screen; unknown ids are left out. */
  tiles(query: { photos: PhotoId[] }): Promise<Tile[]>;
  /** All that is known of one photo. */
  photo(query: { photo: PhotoId }): Promise<PhotoDetails>;
  /** The library as a map on which photos that look alike are near each other; null before it was made. */
  photoMap(): Promise<PhotoMap | null>;
  /** Makes the map anew from all photos. Resolves when it has begun. */
  makePhotoMap(): Promise<{ job: JobId }>;
  /** The labels that photos carry, with counts, most frequent first. */
  labels(): Promise<LabelCount[]>;
  /** The folders that hold photos, relative to the library's root, with counts. */
  folders(): Promise<{ folder: string; photos: number }[]>;
  /** Labels for a typed text: prefixes first, then synonyms, last the text itself as a name of the user's own. */
  suggestLabels(query: { text: string; limit: number }): Promise<LabelSuggestion[]>;
  /** Every label that photos carry, that a person judged by, or that was changed, with what a person made of it. */
  labelCards(): Promise<LabelCard[]>;
  /** What WordNet has to offer for a label: further names, and what it may be a kind of. */
  labelOffers(query: { label: LabelId }): Promise<{ synonyms: string[]; parents: { label: LabelId; name: string }[] }>;
  /** One undo step. A name that another label has is refused: those two may be merged. */
  changeLabel(query: { label: LabelId; change: LabelChange }): Promise<void>;
  /** Gives the verdicts on some labels to another one, which is found by their names from then on; where it has a verdict of its own, that stands. One undo step. */
  mergeLabels(query: { from: LabelId[]; into: LabelId }): Promise<{ verdicts: number }>;
  /** Takes all verdicts on a label back and shows it nowhere, until it is restored or typed again. One undo step. */
  deleteLabel(query: { label: LabelId }): Promise<{ verdicts: number }>;
  restoreLabel(query: { label: LabelId }): Promise<void>;
  /** What put a label on a photo. */
  explain(query: { photo: PhotoId; label: LabelId }): Promise<Explanation>;
  /** Files that could not be read, with the reason. */
  failures(): Promise<Failure[]>;

  /** What may stand in a query where the caret is. */
  completeQuery(query: { text: string; caret: number }): Promise<QueryCompletion>;
  /** How many photos a query finds in the whole library; null where it can't be read. */
  countPhotos(query: { query: string }): Promise<{ photos: number | null }>;
  /** Queries that were given a name, by name. */
  sets(): Promise<SavedSet[]>;
  saveSet(set: SetToSave): Promise<SavedSet>;
  renameSet(query: { set: SetId; name: string }): Promise<SavedSet>;
  /** Answers with what is gone, so that it can be saved again. */
  deleteSet(query: { set: SetId }): Promise<SavedSet>;

  /** Photos whose verdicts would teach most, in the order to look at them. The order stands while verdicts arrive (photos that were dealt with drop out) and is made anew after each learning. */
  reviewQueue(query: { limit: number }): Promise<Doubt[]>;
  /** Accepted labels that the photos' own features speak against, most suspicious first. Changes nothing. Empty where fewer than two labels have three photos each. */
  mislabels(query: { limit: number }): Promise<Mislabel[]>;
  /** Groups of near-duplicates and bursts among the present photos, largest first; null before the first search; stale when photos came, went or changed since. */
  duplicates(): Promise<{ groups: DuplicateGroup[] | null; stale: boolean }>;
  findDuplicates(): Promise<{ job: JobId }>;
  /** Train, validation and test by group, so that duplicates never straddle them; the same for the same seed. Shares need not sum to 1. */
  split(query: { train: number; validation: number; test: number; seed: number }): Promise<Record<"train" | "validation" | "test", PhotoId[]>>;
  /** What would be labelled at a threshold, without changing anything: by all labels that have none of their own, or with `label` by that one. Cheap enough for every move of a slider. */
  countAt(query: { threshold: number; label?: LabelId }): Promise<{ photos: number; labels: number }>;

  /** Records a person's verdict on photos; it outranks every prediction. `clear` takes an earlier one back. One undo step. */
  judge(verdict: { photos: PhotoId[]; label: LabelId; verdict: Verdict }): Promise<{ photos: number }>;
  undo(): Promise<{ undone: string | null }>;
  redo(): Promise<{ redone: string | null }>;

  /** Fits the projection again from the corrections, as a version that is kept; progress and loss come as events. Resolves when it has begun. */
  retrain(): Promise<{ job: JobId }>;
  /** The photos on screen: after learning these get their new labels first. */
  watching(query: { photos: PhotoId[] }): Promise<void>;
  /** Photos without a verdict whose labels the last change of model moved most, most first. */
  changedMost(query: { limit: number }): Promise<ChangedPhoto[]>;
  /** Photos on which two versions differ most, most first; `before` is a, `after` is b. Up to 2,000 photos are compared, at even distances. */
  compareModels(query: { a: ModelId; b: ModelId; limit: number }): Promise<{ compared: number; /** First label differs. */ changed: number; photos: ChangedPhoto[] }>;
  /** Keeps a live version in the list for good. */
  keepModel(query: { model: ModelId }): Promise<void>;
  models(): Promise<ModelInfo[]>;
  /** Labels the library with an earlier or later model. */
  useModel(query: { model: ModelId }): Promise<void>;

  /** Measures the methods of the paper and Semblance's own on labelled photos: a folder of class folders, or a CSV of path,label[,wnid]. Resolves when it has begun. */
  evaluate(query: { dataset: string }): Promise<{ job: JobId }>;
  /** The last evaluation with this library's pack; null before the first. */
  evaluation(): Promise<Evaluation | null>;

  /** Writes the labels as CSV, by way of a temporary file. Resolves when it is on disk. */
  exportCsv(query: ExportQuery): Promise<{ file: string; rows: number }>;

  jobs(): Promise<Job[]>;
  pauseJob(query: { job: JobId }): Promise<void>;
  resumeJob(query: { job: JobId }): Promise<void>;
  cancelJob(query: { job: JobId }): Promise<void>;
  /** Looks through the folder again. */
  rescan(): Promise<{ job: JobId }>;

  settings(): Promise<Settings>;
  changeSettings(change: Partial<Omit<Settings, "dataFolder">>): Promise<Settings>;
  about(): Promise<About>;

  /** A folder from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseFolder(): Promise<string | null>;
  /** A copied library's file from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseCopy(): Promise<string | null>;
  /** A file name to save to from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseSaveFile(query: { suggested: string }): Promise<string | null>;
  /** Shows the photo's file in the system's file manager. */
  reveal(query: { photo: PhotoId }): Promise<void>;
}

export interface Events {
  /** Long work, a few times a second while it runs and once when it ends. */
  job: Job;
  /** Counts, model or undo state of the open library changed. */
  library: LibraryInfo;
  /** Photos came, went, or carry other labels; null means any of them. */
  photos: { changed: PhotoId[] | null };
  /** All photos are labelled anew after learning; so many have another first label now. */
  learned: { model: ModelId; changed: number };
  /** One point of the loss curve of a running retraining. */
  loss: LossPoint;
}

export interface Welcome {
  version: string;
  recent: { folder: string; name: string; photos: number; openedAt: string; exists: boolean }[];
  /** True where `chooseFolder` opens the system's dialog. */
  folderDialog: boolean;
  home: string;
}

export interface LibraryInfo {
  folder: string;
  name: string;
  /** Photos present, readable or not. */
  photos: number;
  /** Photos that were looked at by the visual model. */
  embedded: number;
  /** Photos with at least one predicted or accepted label. */
  labelled: number;
  /** Files that could not be read. */
  failed: number;
  /** Verdicts that stand. */
  verdicts: number;
  /** Verdicts given since the model in use was fitted. */
  newVerdicts: number;
  model: ModelInfo;
  labelSet: { name: string; size: number };
  pack: { name: string; title: string };
  /** What undo and redo would do, in words, or null. */
  undo: string | null;
  redo: string | null;
  /** What a person should know of how it was opened: found again at another place, or labelled with a stand-in for a pack that is gone. */
  notices: string[];
}

export interface View {
  /** A query: words of the vocabulary, and fields such as `label:dog taken:2024-05`; see query-fields. */
  words?: string;
  label?: LabelId;
  /** Relative to the root; with all that lies below. */
  folder?: string;
  /** `reviewed`: at least one verdict; `unreviewed`: none; `unlabelled`: no predicted or accepted label. */
  state?: "reviewed" | "unreviewed" | "unlabelled";
  /** Photos like these and unlike those, likest first, without them. */
  similar?: { like: PhotoId[]; unlike: PhotoId[] };
  /** Only these photos. */
  photos?: PhotoId[];
  /** `relevance` is the order of the words or of the label's score; without either it is `taken`. */
  sort: "relevance" | "taken" | "name" | "added";
  descending: boolean;
  group: "none" | "date" | "folder";
}

/** n photos; all rows are parallel to `photos`. */
export interface PhotoMap {
  photos: PhotoId[];
  /** In the square from −1 to 1, upwards. */
  x: number[];
  y: number[];
  /** The best label as an index into `labels`, −1 for none. */
  best: number[];
  /** Its confidence, 0..1. */
  confidence: number[];
  /** How far the visual model's classes and the projection stand apart among the words: 0 for one opinion, 1 for nothing in common, −1 where it is not known. */
  disagreement: number[];
  /** Best labels with how many photos have them, most frequent first. */
  labels: { label: LabelId; name: string; parent: string | null; photos: number }[];
  /** Labels where their photos stand closest together, most telling first. */
  words: { label: LabelId; name: string; parent: string | null; photos: number; x: number; y: number }[];
  /** Photos that came after the map was made, and stand where their neighbours do. */
  placed: number;
  madeAt: string;
}

export interface Browsed {
  /** In order, group after group. */
  photos: PhotoId[];
  groups: { title: string; count: number }[];
  /** For words: calibrated relevance 0..1 per photo, in the order of `photos`. */
  scores: number[] | null;
  /** Words that the vocabulary does not know, with words that it knows. */
  unknown: { word: string; suggestions: string[] }[];
  /** Why the query can't be read, and which part of it is to blame; then there are no photos. */
  fault: { message: string; from: number; to: number; /** What may stand in that part's place. */ suggestions: string[] } | null;
}

/** What may take the place of a part of a query. */
export interface QueryCompletion {
  from: number;
  to: number;
  options: {
    /** With a space after it where it is complete. */
    insert: string;
    shown: string;
    detail: string;
  }[];
}

export type SetId = number;
/** A query with a name, and how its photos are shown. */
export interface SavedSet extends Pick<View, "sort" | "descending" | "group"> { set: SetId; name: string; query: string }
export type SetToSave = Omit<SavedSet, "set">;

export interface Tile {
  photo: PhotoId;
  name: string;
  width: number;
  height: number;
  /** Up to three, best first; rejected ones are not among them. */
  labels: PhotoLabel[];
  /** Changes when the picture does: part of the thumbnail's address. */
  version: string;
  error: string | null;
}

export interface PhotoLabel {
  label: LabelId;
  name: string;
  /** What tells it from another label of that name: its parent ("crane": "wading bird"). */
  parent: string | null;
  /** Calibrated confidence 0..1; 1 for a person's accept, 0 for a reject. */
  score: number;
  source: "predicted" | "accepted" | "added" | "rejected";
}

export interface PhotoDetails {
  photo: PhotoId;
  /** Relative to the library's root; more than one where identical files lie about. */
  paths: string[];
  version: string;
  width: number;
  height: number;
  bytes: number;
  format: string;
  /** ISO 8601, as the camera wrote it; null where it wrote none. */
  takenAt: string | null;
  modifiedAt: string;
  /** Accepted and added first, then predicted by score. */
  labels: PhotoLabel[];
  rejected: PhotoLabel[];
  error: { code: string; message: string } | null;
}

export interface Explanation {
  /** Classes seen in the photo that are the label or a kind of it, with their probability. */
  classes: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /** Classes seen in the photo whose words are near to the label's, with probability × similarity. */
  words: { label: LabelId; name: string; parent: string | null; weight: number }[];
  /** Photos that a person gave the label and that the model in use learned from, with the likeness of their features. */
  photos: { photo: PhotoId; path: string; weight: number }[];
}

export interface LabelCount { label: LabelId; name: string; parent: string | null; predicted: number; accepted: number; colour: LabelColour | null }
export type LabelColour = "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "violet" | "pink";
export interface LabelCard extends LabelCount {
  rejected: number;
  /** Its name before anybody changed it. */
  original: string;
  /** What it is a kind of; only that of the user's own labels can be changed. */
  kindOf: { label: LabelId; name: string } | null;
  /** Further names that it is found by, the user's own. */
  synonyms: string[];
  /** A capital letter: with Shift it gives the label to the selected photos. */
  key: string | null;
  /** Deleted, or merged into another one. */
  hidden: boolean;
}
/** Null takes the user's choice away. */
export interface LabelChange { name?: string | null; kindOf?: LabelId | null; synonyms?: string[]; colour?: LabelColour | null; key?: string | null }
export interface LabelSuggestion {
  label: LabelId;
  name: string;
  parent: string | null;
  /** The other name by which it was found ("domestic dog" finds "dog"), or null. */
  synonym: string | null;
  /** True when it is the typed text as a new name of the user's own. */
  own: boolean;
  /** True when it is merely near in meaning: "puppy" offers "dog". */
  near: boolean;
}
export interface Failure { path: string; code: string; message: string }
export type Verdict = "accept" | "reject" | "clear";

export interface ModelInfo {
  model: ModelId;
  /** The one in use. */
  current: boolean;
  createdAt: string;
  /** `bundled` came with the pack or was fitted on first use; `retrained` learned from verdicts. */
  kind: "bundled" | "retrained";
  /** Verdicts it learned from. */
  verdicts: number;
  /** Mean hinge rank loss on the verdicts' photos before and after; null for a bundled one. */
  loss: { before: number; after: number } | null;
  seconds: number;
  /** Made by live learning: the next live version takes its place, unless it is kept. */
  live: boolean;
  /** On a fifth of the judged photos, held out: by the pack's own projection, and by the same fit from the other four fifths. Null while they are too few. */
  scores: { photos: number; before: VerdictScores; after: VerdictScores } | null;
}
/** Shares 0..1; null where there is no such verdict. */
export interface VerdictScores {
  /** Accepted labels that are the first predicted one, or among the first five. */
  hit1: number | null;
  hit5: number | null;
  /** Rejected labels that are not shown. */
  withdrawn: number | null;
}
/** A photo on which two models differ: its predicted labels by each, and the sum of the absolute differences of confidence. */
export interface ChangedPhoto { photo: PhotoId; before: PhotoLabel[]; after: PhotoLabel[]; change: number }

export type MethodName = "softmax" | "devise" | "random" | "l2" | "conse" | "semblance";
/** Shares in percent: flat hit@k and hierarchical precision@k by k, with their bootstrap 95 % intervals. */
export interface MethodScores {
  /** Photos. */
  n: number;
  hit: Record<string, number>;
  precision: Record<string, number>;
  /** By the same names, `hit@5` and `precision@5`: low and high. */
  ci: Record<string, [number, number]>;
}
export interface Evaluation {
  dataset: string;
  at: string;
  pack: string;
  photos: number;
  /** Labels of the dataset that nothing is known of, with how many photos they have. */
  unknown: { label: string; photos: number }[];
  /** `seen`: photos of the pack's classes; `unseen`: others, among the dataset's unseen labels; `generalised`: those, among all labels. Null where there are no such photos. */
  methods: Partial<Record<MethodName, { seen: MethodScores | null; unseen: MethodScores | null; generalised: MethodScores | null }>>;
  /** For the first label of each photo at each threshold: how often it is right (the true label or more general), how specific it is (0..1), how many photos have one (0..1). */
  hedging: { threshold: number; accuracy: number; specificity: number; labelled: number }[];
  /** Ten bins of equal mass of the labels shown: mean confidence against how often they are right. */
  calibration: { error: number; interval: [number, number]; bins: { confidence: number; right: number; labels: number }[] };
}

export interface Doubt {
  photo: PhotoId;
  /** 1 less the most that one of its labels is expected to say (confidence × specificity), 0..1 */
  uncertainty: number;
  /** `nothing`: no label is likely; `between`: two labels are about as likely; `unsure`: its best label is unsure */
  why: "nothing" | "between" | "unsure";
  /** What it is unsure of: none, one or two. */
  labels: PhotoLabel[];
}
export interface Mislabel {
  photo: PhotoId;
  given: { label: LabelId; name: string; parent: string | null };
  /** The label that the photo's features speak for. */
  suggested: { label: LabelId; name: string; parent: string | null };
  /** Probability of the given label by what other photos say, 0..1. */
  score: number;
}
export interface DuplicateGroup {
  /** A burst: taken within seconds of each other. */
  kind: "duplicate" | "burst";
  /** Best first. */
  photos: PhotoId[];
  best: PhotoId;
  /** Why it is the best: "sharpest", "better exposed", "largest" … */
  why: string;
}

export interface LossPoint { job: JobId; step: number; steps: number; loss: number }

export interface ExportQuery {
  file: string;
  /** Predictions below it are left out; verdicts never are. 0..1 */
  threshold: number;
  /** A label that a spreadsheet would run as a formula gets a leading apostrophe. */
  escapeFormulas: boolean;
  /** Replace a file that is there. */
  overwrite: boolean;
}

export type JobId = number;
export interface Job {
  job: JobId;
  kind: "scan" | "embed" | "rank" | "retrain" | "learn" | "export" | "evaluate" | "map" | "exif" | "duplicates";
  state: "running" | "paused" | "done" | "failed" | "cancelled";
  done: number;
  /** 0 while it is not known. */
  total: number;
  perSecond: number;
  secondsLeft: number | null;
  /** While it runs: what it is at, where that changes ("fitting DeViSE"); `done` and `total` then count that. Afterwards: why it failed, or what it did. */
  message: string | null;
}

export interface Settings {
  /** Where libraries, models and thumbnails are kept. */
  dataFolder: string;
  /** Thumbnails beyond it are dropped, oldest first, and made again when needed. */
  thumbnailMegabytes: number;
  /** Relative to the library's root. */
  excludedFolders: string[];
  /** `everyday`, `pack-classes`, `imagenet-1k`, `all-nouns`, or the path of a text or CSV file. */
  labelSet: string;
  /** Predictions below it are not shown. 0..1 */
  threshold: number;
  /** Thresholds of some labels, in place of that one; changed as a whole. */
  labelThresholds: Record<LabelId, number>;
  /** Learns by itself while a person corrects. */
  liveLearning: boolean;
}

export interface About {
  version: string;
  licences: { name: string; version: string; licence: string }[];
  /** What runs the numbers, and why. */
  backends: { work: string; backend: string; why: string }[];
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: { code: string; message: string } };
export type CallName = keyof Api;
export type Call = { [Name in CallName]: { name: Name; args: Parameters<Api[Name]> } }[CallName];
export type EventName = keyof Events;

/** How a call travels: Electron's IPC, HTTP, or a plain function call. A window never learns which. */
export interface Transport {
  send(call: Call): Promise<Reply<unknown>>;
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Address of a picture, upright and in sRGB. `thumbnail`: 512 pixels on the long side; `view`: 2048. */
  picture(photo: PhotoId, size: "thumbnail" | "view", version: string): string;
  /** Path of a dropped folder where the host can tell it, else null. */
  droppedPath(file: File): string | null;
}
