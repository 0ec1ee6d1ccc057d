import type { PhotoId } from "../../src-shared/contract";

export interface FolderWatcher {
  /** Photos were added or removed, or their labels changed. */
  changed(photos: PhotoId[]): void;
}
