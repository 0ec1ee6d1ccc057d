import type { Semblance } from "../state/semblance.svelte";

/**
 * Where keys are pressed: in a view of photos, in Loupe view with one photo or several side by side, on a box there, on
 * the map, among the labels, among the boxes of a label, elsewhere.
 */
export type Situation = "photos" | "large" | "compare" | "box" | "map" | "labels" | "boxes" | "pages";
export const SITUATIONS: Situation[] = ["photos", "large", "compare", "box", "map", "labels", "boxes", "pages"];
export const LOUPE: Situation[] = ["large", "compare"];
export const OF_PHOTOS: Situation[] = ["photos", "large", "compare", "map"];
export const NOT_LABELS: Situation[] = [...OF_PHOTOS, "boxes", "pages"];

export interface Binding {
  /** As shown to people, one entry per alternative. */
  keys: string[];
  does: string;
  /** The heading it is listed under. */
  group: string;
  /** Other words it can be found by. */
  alsoCalled?: string;
  /** Everywhere if absent. */
  in?: Situation[];
  /** `KeyboardEvent.key`, lower case, with `ctrl+` (⌘ too) and `shift+` before it where that matters. */
  match: string[];
  /** Absent if the part that has the focus handles the key itself. */
  run?: (app: Semblance, event: KeyboardEvent) => void;
}
