import type { EngineApi } from "../calls";
import { explain } from "../labelling/explain";
import { findPhotos } from "../labelling/find-photos";
import { labelsInUse } from "../labelling/lessons";
import { showLabels, showPhoto, showTiles } from "../labelling/show-photos";
import { arrange } from "../library/browse";
import { failures, folders } from "../library/photos";
import type { Session } from "../session";

type Browsing = "browse" | "tiles" | "photo" | "labels" | "folders" | "suggestLabels" | "explain" | "failures";

/** Photos that a search shows at most, and at least where there are so many; between them it stops where relevance ends. */
const SEARCH_LIMIT = 500;
const SEARCH_LEAST = 24;
const SEARCH_RELEVANT = 0.02;

/** Which photos there are, and what is known of them. */
export const browsingAnswers = ({ bench }: Session): Pick<EngineApi, Browsing> => ({
  browse: async (view) => {
    const words = view.words?.trim();
    if (!words) return { ...arrange(bench().library, view), unknown: [] };
    const { photos, scores, unknown } = findPhotos(bench(), words, SEARCH_LIMIT);
    const relevant = photos.filter((_, i) => i < SEARCH_LEAST || scores[i] >= SEARCH_RELEVANT);
    return { ...arrange(bench().library, view, { photos: relevant, scores }), unknown };
  },
  tiles: async ({ photos }) => showTiles(bench(), photos),
  photo: async ({ photo }) => showPhoto(bench(), photo),
  labels: async () => showLabels(bench()),
  folders: async () => folders(bench().library),
  suggestLabels: async ({ text, limit }) => bench().lexicon.suggest(text, limit, labelsInUse(bench())),
  explain: async ({ photo, label }) => explain(bench(), photo, label),
  failures: async () => failures(bench().library),
});
