/** Names of folders that say nothing of the photos in them, at first; those of cameras and dates are none anyway. */
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
