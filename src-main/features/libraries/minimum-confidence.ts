import { changeSettings } from "../../store/settings";
import type { OpenLibrary } from "../../workspace/open-library";

/** Sets and keeps the confidence, 0..1, from which predictions are shown. */
export function setMinimumConfidence({ store }: OpenLibrary, threshold: number): void {
  changeSettings(store, { threshold });
}
