export interface MenuActions {
  openFolder(): void;
  exportLabels(): void;
  closeLibrary(): void;
  showDataFolder(): void;
}

/** The native menu. Its undo and redo are for text fields; the window undoes verdicts. */
export function menuTemplate(
  { openFolder, exportLabels, closeLibrary, showDataFolder }: MenuActions,
  platform: NodeJS.Platform,
) {
  const mac = platform === "darwin";
  const separator = { type: "separator" as const };
  const file = {
    label: "&File",
    submenu: [
      { id: "open-folder", label: "Open Folder…", accelerator: "CmdOrCtrl+O", click: openFolder },
      { id: "export", label: "Export…", accelerator: "CmdOrCtrl+E", click: exportLabels },
      separator,
      { id: "close-library", label: "Close Library", accelerator: "CmdOrCtrl+Shift+W", click: closeLibrary },
      ...(mac ? [{ role: "close" as const }] : [separator, { role: "quit" as const }]),
    ],
  };
  const edit = {
    label: "&Edit",
    submenu: [
      { role: "undo" as const },
      { role: "redo" as const },
      separator,
      { role: "cut" as const },
      { role: "copy" as const },
      { role: "paste" as const },
      { role: "selectAll" as const },
    ],
  };
  const view = {
    label: "&View",
    submenu: [
      { role: "resetZoom" as const },
      { role: "zoomIn" as const },
      { role: "zoomOut" as const },
      separator,
      { role: "togglefullscreen" as const },
      separator,
      { role: "reload" as const },
      { role: "toggleDevTools" as const },
    ],
  };
  const help = {
    label: "&Help",
    role: "help" as const,
    submenu: [
      { id: "data-folder", label: "Show Data Folder", click: showDataFolder },
      ...(mac ? [] : [separator, { role: "about" as const }]),
    ],
  };
  return [...(mac ? [{ role: "appMenu" as const }] : []), file, edit, view, help];
}
