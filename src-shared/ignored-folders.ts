/**
 * Default folder names that an import ignores, as they say nothing about the photos. Dates and camera folders always
 * are.
 */
export const IGNORED_FOLDERS = [
  "DCIM",
  "IMG",
  "Camera",
  "Camera Roll",
  "Images",
  "Photos",
  "Pictures",
  "New folder",
  "Untitled",
  "Misc",
  "Unsorted",
  "Import",
  "Export",
  "Edited",
  "Originals",
  "Selects",
];
