import type { ModelInfo } from "./learning";

/** Which library is open, where it came from and where it may go. */
export interface OpeningCalls {
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
  /**
   * Writes all that can't be made again (photos, verdicts, labels, models) into one file, ending in `.semblance`, for
   * another computer.
   */
  copyLibrary(query: { file: string; overwrite: boolean }): Promise<{ file: string; verdicts: number }>;
  /** Makes such a file the library of a folder and opens it; a library that the folder has already is put aside. */
  openCopy(query: { file: string; folder: string; replace: boolean }): Promise<LibraryInfo>;
  /**
   * The copies of a folder's library that the program made by itself, latest first: what a damaged one
   * (`library-damaged`) can be put back from.
   */
  libraryBackups(query: { folder: string }): Promise<LibraryBackup[]>;
  /**
   * Puts a copy, or with null an empty library, in the place of a damaged one, which is put aside; newer verdicts are
   * taken over from that one, as far as it can be read. Doesn't open it.
   */
  restoreLibrary(query: { folder: string; copy: string | null }): Promise<RestoredLibrary>;
  /**
   * Where a library was found again at another folder: leaves a copy of it, as it is now, for the folder it was at
   * before, so that each has one of its own from then on.
   */
  copyToPreviousFolder(): Promise<LibraryInfo>;
  /** Folders inside a folder, for hosts without a folder dialog; without a path, those of the home folder. */
  subfolders(query: {
    path?: string;
  }): Promise<{ path: string; parent: string | null; folders: string[]; photos: number }>;
  /** A folder from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseFolder(): Promise<string | null>;
  /** A copied library's file from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseCopy(): Promise<string | null>;
  /** A file name to save to from the system's dialog; null when cancelled. Only where `welcome().folderDialog`. */
  chooseSaveFile(query: { suggested: string }): Promise<string | null>;
}

export interface Welcome {
  version: string;
  recent: { folder: string; name: string; photos: number; openedAt: string; exists: boolean }[];
  /** True where `chooseFolder` opens the system's dialog. */
  folderDialog: boolean;
  home: string;
  /** The library that was asked for last and could not be opened, or was closed, because its file is damaged. */
  damaged: DamagedLibrary | null;
}

export interface DamagedLibrary {
  folder: string;
  /** What is wrong with it, and where its file lies. */
  message: string;
}

export interface LibraryBackup {
  /** Its file's name. */
  copy: string;
  /** ISO 8601. */
  at: string;
  photos: number;
  /** Verdicts that stand in it. */
  verdicts: number;
}

export interface RestoredLibrary {
  /** Verdicts that stand now. */
  verdicts: number;
  /** How many were read from the damaged file, because the copy did not have them yet. */
  takenOver: number;
  /** How many newer ones were there and can't be read; null where not even that can be told. */
  lost: number | null;
  /** Where the damaged library lies now. */
  aside: string;
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
  /**
   * Whether it learns by itself while a person corrects; `waits`: not while an earlier version is in use than the
   * latest, nor where the pack that labelled the photos is gone.
   */
  liveLearning: "on" | "off" | "waits";
  labelSet: { name: string; size: number };
  pack: { name: string; title: string };
  /**
   * A better model pack than the library's: titles of both, and how many photos it would label again. Null where there
   * is none, or a person chose the pack.
   */
  upgrade: { from: string; to: string; photos: number } | null;
  /** What undo and redo would do, in words, or null. */
  undo: string | null;
  redo: string | null;
  /**
   * The folder it was at before, where it was found again at this one: moved, or a copy of one that can't be reached at
   * the moment.
   */
  movedFrom: string | null;
  /**
   * What a person should know of how it was opened: labelled with a stand-in for a pack that is gone; that new photos
   * wait.
   */
  notices: string[];
}
