import type { EngineApi } from "../../../src-shared/arguments";
import { qualitiesOf } from "../../store/image-qualities";
import { failures, folders } from "../../store/photos";
import { deleteSearch, listSavedSearches, renameSearch, saveSearch } from "../../store/saved-searches";
import type { Session } from "../../workspace/session";
import { browsePhotos, countQuery } from "./browse-photos";
import { completeQuery } from "./complete-query";
import { embeddingMap, makeEmbeddingMap } from "./embedding-map";
import { explain } from "./explain";
import { browseListed } from "./listed-photos";
import { embedQuery } from "./sentence-query";
import { showBoxes, showLabels, showPhoto, showPhotos, showTiles } from "./show-photos";
import { browseLikeBox } from "./similar-boxes";
import { suggestLabels } from "./suggest-labels";
import { viewCounts } from "./view-counts";

type Browsing =
  | "browse"
  | "tiles"
  | "photo"
  | "photosDetails"
  | "boxes"
  | "sharpness"
  | "labels"
  | "folders"
  | "suggestLabels"
  | "explain"
  | "failures"
  | "completeQuery"
  | "countPhotos"
  | "viewCounts"
  | "savedSearches"
  | "saveSearch"
  | "renameSearch"
  | "deleteSearch"
  | "embeddingMap"
  | "makeEmbeddingMap";

/** Views, searches, saved searches, the map, and the details of a photo. */
export const browseHandlers = (session: Session): Pick<EngineApi, Browsing> => {
  const { library, start } = session;
  return {
    browse: async (view) => {
      if (view.likeBox) return browseLikeBox(session, view);
      if (view.similar || view.photos) return browseListed(library(), view);
      await embedQuery(library(), view.words ?? "");
      return browsePhotos(library(), view);
    },
    tiles: async ({ photos }) => showTiles(library(), photos),
    photo: async ({ photo }) => showPhoto(library(), photo),
    photosDetails: async ({ photos }) => showPhotos(library(), photos),
    sharpness: async ({ photos }) =>
      qualitiesOf(library().store, photos).map(({ photo, sharpness }) => ({ photo, sharpness })),
    boxes: async ({ photo }) => showBoxes(library(), photo),
    labels: async () => showLabels(library()),
    folders: async () => folders(library().store),
    suggestLabels: async ({ text, limit }) => suggestLabels(library(), text, limit),
    explain: async ({ photo, label }) => explain(library(), photo, label),
    failures: async () => failures(library().store),

    completeQuery: async ({ text, caret }) => completeQuery(library(), text, caret),
    countPhotos: async ({ query }) => {
      await embedQuery(library(), query);
      return { photos: countQuery(library(), query) };
    },
    viewCounts: async () => viewCounts(library()),
    savedSearches: async () => listSavedSearches(library().store),
    saveSearch: async (set) => saveSearch(library().store, set),
    renameSearch: async ({ set, name }) => renameSearch(library().store, set, name),
    deleteSearch: async ({ set }) => deleteSearch(library().store, set),

    embeddingMap: () => embeddingMap(library()),
    makeEmbeddingMap: async () => ({ job: start("map", "The map is already being built.", makeEmbeddingMap) }),
  };
};
