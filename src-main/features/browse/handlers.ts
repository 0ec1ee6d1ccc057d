import type { EngineApi } from "../../../src-shared/arguments";
import { failures, folders } from "../../store/photos";
import { deleteSet, renameSet, savedSets, saveSet } from "../../store/sets";
import type { Session } from "../../workspace/session";
import { browsePhotos, countFound } from "./browse-photos";
import { completeQuery } from "./complete-query";
import { explain } from "./explain";
import { listedPhotos } from "./listed-photos";
import { makePhotoMap, photoMap } from "./photo-map";
import { showLabels, showPhoto, showPhotos, showTiles } from "./show-photos";
import { suggestLabels } from "./suggest-labels";

type Browsing =
  | "browse"
  | "tiles"
  | "photo"
  | "photosDetails"
  | "labels"
  | "folders"
  | "suggestLabels"
  | "explain"
  | "failures"
  | "completeQuery"
  | "countPhotos"
  | "sets"
  | "saveSet"
  | "renameSet"
  | "deleteSet"
  | "photoMap"
  | "makePhotoMap";

/** Finding photos: views, searches, saved searches, the map, and what is known of each photo. */
export const browseHandlers = ({ bench, start }: Session): Pick<EngineApi, Browsing> => ({
  browse: async (view) => (view.similar || view.photos ? listedPhotos(bench(), view) : browsePhotos(bench(), view)),
  tiles: async ({ photos }) => showTiles(bench(), photos),
  photo: async ({ photo }) => showPhoto(bench(), photo),
  photosDetails: async ({ photos }) => showPhotos(bench(), photos),
  labels: async () => showLabels(bench()),
  folders: async () => folders(bench().library),
  suggestLabels: async ({ text, limit }) => suggestLabels(bench(), text, limit),
  explain: async ({ photo, label }) => explain(bench(), photo, label),
  failures: async () => failures(bench().library),

  completeQuery: async ({ text, caret }) => completeQuery(bench(), text, caret),
  countPhotos: async ({ query }) => ({ photos: countFound(bench(), query) }),
  sets: async () => savedSets(bench().library),
  saveSet: async (set) => saveSet(bench().library, set),
  renameSet: async ({ set, name }) => renameSet(bench().library, set, name),
  deleteSet: async ({ set }) => deleteSet(bench().library, set),

  photoMap: () => photoMap(bench()),
  makePhotoMap: async () => ({ job: start("map", "the map is being made already", makePhotoMap) }),
});
