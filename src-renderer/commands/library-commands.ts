import { text } from "../messages/text";
import type { DialogName, Semblance } from "../state/semblance.svelte";
import type { Command } from "./command";

/** Searching, and what is done with the library as a whole. */
export function libraryCommands(): Command[] {
  const group = text("keys.group.window");
  return [
    {
      id: "search.focus",
      group,
      keys: ["/", "ctrl+f"],
      name: text("keys.search"),
      run: (app) => {
        app.lightbox = false;
        app.focusSearch();
      },
    },
    {
      id: "search.filter",
      group,
      keys: ["f"],
      name: text("keys.filter"),
      run: (app) => {
        app.lightbox = false;
        app.openFilters();
      },
    },
    {
      id: "search.save",
      group,
      keys: ["s"],
      name: text("grid.saveSearch"),
      alsoCalled: text("keys.saveSearch.also"),
      run: (app) => {
        app.lightbox = false;
        app.nameSearch();
      },
    },
    {
      id: "library.open",
      group,
      keys: [],
      name: text("toolbar.openFolder"),
      alsoCalled: text("command.open.also"),
      run: (app) => void app.chooseFolder(),
    },
    { id: "library.scan", group, keys: [], name: text("toolbar.scanAgain"), run: (app) => void app.jobs.rescan() },
    {
      id: "library.relabel",
      group,
      keys: [],
      name: text("upgrade.start"),
      unavailable: ({ library, upgrading }) =>
        library.info?.upgrade && upgrading.job === null ? null : text("command.noUpgrade"),
      run: (app) => void app.upgrading.start(),
    },
    dialog("library.import", ["o"], text("toolbar.importLabels"), "import", text("keys.import.also")),
    dialog("library.export", [], text("command.export"), "export", text("command.export.also")),
    dialog("library.split", [], text("toolbar.split"), "split"),
    dialog("library.copy", [], text("toolbar.copyLibrary"), "copy"),
    dialog("library.exportModel", [], text("toolbar.exportModel"), "labeller", text("command.exportModel.also")),
    dialog("learn.panel", [], text("toolbar.learning"), "learn"),
    {
      ...dialog("library.deleteSamples", [], text("samples.delete"), "delete-samples"),
      unavailable: ({ library }) => (library.isSample ? null : text("command.noSamples")),
    },
    {
      id: "library.close",
      group,
      keys: [],
      name: text("toolbar.closeLibrary"),
      run: (app) => void app.library.close(),
    },
    dialog("window.settings", ["ctrl+,"], text("toolbar.settings"), "settings", text("command.settings.also")),
    dialog("window.palette", ["ctrl+k"], text("palette.title"), "palette"),
    dialog("window.keys", ["?"], text("toolbar.keys"), "keys", text("keys.list.also")),
    dialog("window.about", [], text("toolbar.about"), "about"),
  ];
}

const dialog = (id: string, keys: string[], name: string, opens: DialogName, alsoCalled?: string): Command => ({
  id,
  group: text("keys.group.window"),
  keys,
  name,
  alsoCalled,
  run: (app: Semblance) => {
    app.lightbox = false;
    app.dialog = opens;
  },
});
