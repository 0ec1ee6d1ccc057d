import type { LabelId, PhotoId } from "./ids";

/** Photos as views show them: which, in what order, with what labels; and queries that were given a name. */
export interface BrowsingCalls {
  /**
   * The photos of a view, in its order. With words: nearest first, unknown words apart with suggestions. A query that
   * can't be read finds none.
   */
  browse(view: View): Promise<BrowseResult>;
  /** What a grid tile shows, for the photos on screen; unknown ids are left out. */
  tiles(query: { photos: PhotoId[] }): Promise<Tile[]>;
  /** All that is known of one photo. */
  photo(query: { photo: PhotoId }): Promise<PhotoDetails>;
  /** The same of several photos, which may be looked at soon; unknown ids are left out. */
  photosDetails(query: { photos: PhotoId[] }): Promise<PhotoDetails[]>;
  /** Files that could not be read, with the reason. */
  failures(): Promise<Failure[]>;
  /** The folders that hold photos, relative to the library's root, with counts. */
  folders(): Promise<{ folder: string; photos: number }[]>;
  /** Shows the photo's file in the system's file manager. */
  reveal(query: { photo: PhotoId }): Promise<void>;
  /** What may stand in a query where the caret is. */
  completeQuery(query: { text: string; caret: number }): Promise<QueryCompletion>;
  /** How many photos a query finds in the whole library; null where it can't be read. */
  countPhotos(query: { query: string }): Promise<{ photos: number | null }>;
  /** Queries that were given a name, by name. */
  savedSearches(): Promise<SavedSearch[]>;
  saveSearch(set: SearchToSave): Promise<SavedSearch>;
  renameSearch(query: { set: SavedSearchId; name: string }): Promise<SavedSearch>;
  /** Answers with what is gone, so that it can be saved again. */
  deleteSearch(query: { set: SavedSearchId }): Promise<SavedSearch>;
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

export interface BrowseResult {
  /**
   * In order, group after group; for words, first those that surely show them, then the closest of the others, best
   * first and in no group.
   */
  photos: PhotoId[];
  /**
   * How many of `photos` surely show what was searched: as surely as a label must be to be shown. All of them where no
   * words were searched.
   */
  sure: number;
  groups: { title: string; count: number }[];
  /** Where no photo is sure: labels near to the words that photos show, nearest first, with how many do. */
  instead: { words: string; photos: number }[];
  /** For words: calibrated relevance 0..1 per photo, in the order of `photos`. */
  scores: number[] | null;
  /** Words that the vocabulary does not know, with words that it knows. */
  unknown: { word: string; suggestions: string[] }[];
  /** Why the query can't be read, and which part of it is to blame; then there are no photos. */
  fault: {
    message: string;
    from: number;
    to: number;
    /** What may stand in that part's place. */ suggestions: string[];
  } | null;
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

export type SavedSearchId = number;
/** A query with a name, and how its photos are shown. */
export interface SavedSearch extends Pick<View, "sort" | "descending" | "group"> {
  set: SavedSearchId;
  name: string;
  query: string;
}
export type SearchToSave = Omit<SavedSearch, "set">;
export interface Tile {
  photo: PhotoId;
  name: string;
  width: number;
  height: number;
  /** Up to three, best first; rejected ones are not among them. */
  labels: PhotoLabel[];
  /** Changes when the picture does: part of the thumbnail's address. */
  version: string;
  /** A film belongs to it: a Live or Motion Photo. */
  live: boolean;
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
  /** Files of the photo that do not show: the RAW and the film beside it. */
  companions: string[];
  /** A film belongs to it: beside it, or in its file. */
  live: boolean;
  version: string;
  width: number;
  height: number;
  bytes: number;
  format: string;
  /** ISO 8601, as the camera wrote it; null where it wrote none. */
  takenAt: string | null;
  modifiedAt: string;
  /** Make and model; "" where none is written. */
  camera: string;
  lens: string;
  /** Degrees north and east. */
  location: { latitude: number; longitude: number } | null;
  /** 0 to 5, -1 for a rejected photo; null where nobody rated it. */
  rating: number | null;
  /** Keywords that other programs wrote into the file, each from general to particular. */
  keywords: string[][];
  /** Accepted and added first, then predicted by score. */
  labels: PhotoLabel[];
  rejected: PhotoLabel[];
  /** Up to five predictions that are not sure enough to be shown, likeliest first; judged ones are not among them. */
  guesses: PhotoLabel[];
  /** Objects, people and faces that detectors found, surest first; null where none has looked at it. */
  boxes: PhotoBox[] | null;
  /**
   * People, counted by bodies or faces, whichever are more, and faces (null where none were looked for); null where no
   * detector has looked at it.
   */
  people: { people: number; faces: number | null } | null;
  error: { code: string; message: string } | null;
}

/** Where a detector found something. */
export interface PhotoBox {
  label: LabelId;
  name: string;
  parent: string | null;
  /** The detector's own score 0..1, which is no confidence of the label. */
  score: number;
  /** Left, top, right, bottom in 0..1 of the upright photo. */
  box: [left: number, top: number, right: number, bottom: number];
}

export interface Failure {
  path: string;
  code: string;
  message: string;
}
