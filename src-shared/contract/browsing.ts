import type { PhotoMarks } from "../photo-marks";
import type { LabelId, PhotoId } from "./ids";

/** Photos as views show them: which ones, in what order, with which labels; and saved searches. */
export interface BrowsingCalls {
  /** The photos of a view, in its order. An invalid query finds none; its `fault` says why. */
  browse(view: View): Promise<BrowseResult>;
  /** Grid tiles for the photos on screen; unknown ids are left out. */
  tiles(query: { photos: PhotoId[] }): Promise<Tile[]>;
  /** All details of one photo. */
  photo(query: { photo: PhotoId }): Promise<PhotoDetails>;
  /** The same for several photos that may be shown next; unknown ids are left out. */
  photosDetails(query: { photos: PhotoId[] }): Promise<PhotoDetails[]>;
  /**
   * What was detected, drawn or imported in a photo, the surest first, without rejected boxes; null if there is nothing
   * and no detector has seen it.
   */
  boxes(query: { photo: PhotoId }): Promise<PhotoBox[] | null>;
  /**
   * How sharp photos are, ≥ 0, to compare them with each other: fine detail relative to contrast, measured on the
   * thumbnail. Unknown ids and photos that were not measured yet are left out.
   */
  sharpness(query: { photos: PhotoId[] }): Promise<{ photo: PhotoId; sharpness: number }[]>;
  /** Files that could not be read, and why. */
  failures(): Promise<Failure[]>;
  /** Folders with photos, relative to the library's root, with counts. */
  folders(): Promise<{ folder: string; photos: number }[]>;
  /** Shows the photo's file in the system's file manager. */
  reveal(query: { photo: PhotoId }): Promise<void>;
  /** Completions of a query at the caret. */
  completeQuery(query: { text: string; caret: number }): Promise<QueryCompletion>;
  /** How many photos a query finds in the whole library; null if it is invalid. */
  countPhotos(query: { query: string }): Promise<{ photos: number | null }>;
  /** How many photos the sidebar’s views show. */
  viewCounts(): Promise<ViewCounts>;
  /** Saved searches, by name. */
  savedSearches(): Promise<SavedSearch[]>;
  saveSearch(set: SearchToSave): Promise<SavedSearch>;
  renameSearch(query: { set: SavedSearchId; name: string }): Promise<SavedSearch>;
  /** Returns what was deleted, so that it can be saved again. */
  deleteSearch(query: { set: SavedSearchId }): Promise<SavedSearch>;
}

export interface View {
  /** A query: words of the vocabulary, and fields such as `label:dog taken:2024-05`; see `query/fields.ts`. */
  words?: string;
  label?: LabelId;
  /** Relative to the root; includes its subfolders. */
  folder?: string;
  /** `reviewed`: at least one verdict; `unreviewed`: none; `unlabelled`: no predicted or accepted label. */
  state?: "reviewed" | "unreviewed" | "unlabelled";
  /** Photos similar to `like` and not to `unlike`, most similar first, without those themselves. */
  similar?: { like: PhotoId[]; unlike: PhotoId[] };
  /**
   * Photos with something like what is in a box, most similar first, without the box's own photo. Boxes that were never
   * compared before are compared in the background, and the `photos` event says when the order may have changed.
   */
  likeBox?: BoxRef;
  /** Only these photos. */
  photos?: PhotoId[];
  /** `relevance`: by score for the words or the label; without either, as `taken`. */
  sort: "relevance" | "taken" | "name" | "added" | "rating";
  descending: boolean;
  group: "none" | "date" | "event" | "folder";
}

/** How many photos a view shows when it is opened. */
export interface ViewCounts {
  /** Photos with at least one verdict, and those with none. */
  reviewed: number;
  unreviewed: number;
  /** Photos without a predicted or accepted label. */
  unlabelled: number;
  /** Photos in groups of near-duplicates; null before the first search. */
  duplicates: number | null;
  /** Photos whose first label changed with the last retraining, up to 500. */
  changed: number;
}

export interface BrowseResult {
  /**
   * In order, group by group. For words: first the confident matches, then the closest others, best first, ungrouped.
   */
  photos: PhotoId[];
  /** How many of `photos` reach the minimum confidence for the words; without words, all of them. */
  confident: number;
  groups: PhotoGroup[];
  /**
   * If the photos are sorted by time: how many were taken on each day ("2024-05-03"), in the view's order; their sum is
   * `confident`. Else null.
   */
  days: { day: string; photos: number }[] | null;
  /** If no photo is a confident match: labels similar to the words, most similar first, with their photo counts. */
  alternatives: { words: string; photos: number }[];
  /** For words: calibrated relevance of each photo, 0..1, parallel to `photos`. */
  scores: number[] | null;
  /**
   * For `likeBox`: the box of each photo that is most like it, parallel to `photos`; null if that is the whole photo.
   */
  boxes?: (BoxRectangle | null)[];
  /** Words that are not in the vocabulary, with suggestions that are. */
  unknown: { word: string; suggestions: string[] }[];
  /** What is wrong with the query, and with which part of it; there are no photos then. */
  fault: {
    message: string;
    from: number;
    to: number;
    /** Replacements for that part. */ suggestions: string[];
  } | null;
}

export interface PhotoGroup {
  /** A month ("May 2024"), a folder, or an event: its name, else its day or days ("2024-05-03/2024-05-07"). */
  title: string;
  count: number;
  /** For events: the first photo of all of the event. */
  event?: PhotoId;
}

/** Completions of the part of a query from `from` to `to`. */
export interface QueryCompletion {
  from: number;
  to: number;
  options: {
    /** Ends with a space if it is complete. */
    insert: string;
    shown: string;
    detail: string;
  }[];
}

export type SavedSearchId = number;
/** A query with a name, sort order and grouping. */
export interface SavedSearch extends Pick<View, "sort" | "descending" | "group"> {
  set: SavedSearchId;
  name: string;
  query: string;
}
export type SearchToSave = Omit<SavedSearch, "set">;
export interface Tile extends PhotoMarks {
  photo: PhotoId;
  name: string;
  width: number;
  height: number;
  /** Up to three, best first, without rejected ones. */
  labels: PhotoLabel[];
  /** Changes with the picture; part of the thumbnail's address. */
  version: string;
  /** It has a film: a Live or Motion Photo. */
  live: boolean;
  error: string | null;
}

export interface PhotoLabel {
  label: LabelId;
  name: string;
  /** Its parent, if another label has the same name: "wading bird" for "crane". */
  parent: string | null;
  /** Calibrated confidence 0..1; 1 if accepted, 0 if rejected. */
  score: number;
  source: "predicted" | "accepted" | "added" | "rejected";
}

export interface PhotoDetails extends PhotoMarks {
  photo: PhotoId;
  /** Relative to the library's root; more than one for exact duplicates. */
  paths: string[];
  /** Files that belong to the photo and are not shown: its RAW and its film. */
  companions: string[];
  /** It has a film, in its file or beside it. */
  live: boolean;
  version: string;
  width: number;
  height: number;
  bytes: number;
  format: string;
  /** ISO 8601, as the camera wrote it, or null. */
  takenAt: string | null;
  modifiedAt: string;
  /** Make and model, or "". */
  camera: string;
  lens: string;
  /** Degrees north and east. */
  location: { latitude: number; longitude: number } | null;
  /**
   * Where it was taken, in words: written into the file, else the nearest town of its position. `country` is an English
   * name.
   */
  place: { town: string | null; region: string | null; country: string | null; written: boolean } | null;
  /** Keywords that other programs wrote into the file, each from general to specific. */
  keywords: string[][];
  /**
   * Accepted and added ones first, then predictions by expected information, score × specificity: “goldfish” at 40%
   * comes before “animal” at 60%.
   */
  labels: PhotoLabel[];
  rejected: PhotoLabel[];
  /** Up to five predictions below the threshold and without a verdict, best first. */
  guesses: PhotoLabel[];
  /**
   * The number of people, by bodies or faces, whichever is higher, and of faces (null if not searched for); null if no
   * detector has run.
   */
  people: { people: number; faces: number | null } | null;
  error: { code: string; message: string } | null;
}

/** An object, person or face in a photo: detected, drawn by hand, or imported. */
export interface PhotoBox {
  label: LabelId;
  name: string;
  parent: string | null;
  /**
   * Probability 0..1 that the box is right: 1 if a person accepted it, else calibrated if the pack's objects are, else
   * the detector's own score. Not the label's confidence on the photo.
   */
  confidence: number;
  box: BoxRectangle;
  kind: "objects" | "faces";
  /** The photo's other labels that the box speaks for: a boat for "vehicle", a person for "people". */
  supports: LabelId[];
  /** Id of the detector that found it; `drawn` or `imported` if none did. */
  detector: string;
  origin: "detector" | "drawn" | "imported";
  verdict: "accept" | null;
}
/** A box as `boxes` gave it. It is found again by its label and place, if the overlap is at least 0.7. */
export type BoxRef = { photo: PhotoId } & Pick<PhotoBox, "label" | "box" | "detector">;
/** Fractions of the upright photo, 0..1. */
export type BoxRectangle = [left: number, top: number, right: number, bottom: number];

export interface Failure {
  path: string;
  code: string;
  message: string;
}
