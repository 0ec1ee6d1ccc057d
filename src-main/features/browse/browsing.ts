import type { EngineApi } from "../../../src-shared/arguments";
import { failures, folders } from "../../store/photos";
import type { Session } from "../../workspace/session";
import { browsePhotos } from "./browse-photos";
import { explain } from "./explain";
import { listedPhotos } from "./listed-photos";
import { showLabels, showPhoto, showPhotos, showTiles } from "./show-photos";
import { suggestLabels } from "./suggest-labels";

type Browsing =
  "browse" | "tiles" | "photo" | "photosDetails" | "labels" | "folders" | "suggestLabels" | "explain" | "failures";

/** Which photos there are, and what is known of them. */
export const browsingAnswers = ({ bench }: Session): Pick<EngineApi, Browsing> => ({
  browse: async (view) => (view.similar || view.photos ? listedPhotos(bench(), view) : browsePhotos(bench(), view)),
  tiles: async ({ photos }) => showTiles(bench(), photos),
  photo: async ({ photo }) => showPhoto(bench(), photo),
  photosDetails: async ({ photos }) => showPhotos(bench(), photos),
  labels: async () => showLabels(bench()),
  folders: async () => folders(bench().library),
  suggestLabels: async ({ text, limit }) => suggestLabels(bench(), text, limit),
  explain: async ({ photo, label }) => explain(bench(), photo, label),
  failures: async () => failures(bench().library),
});
