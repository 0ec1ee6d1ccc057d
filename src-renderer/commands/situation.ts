/**
 * Where keys are pressed: in a view of photos, in Loupe view with one photo or several side by side, on a box there, on
 * the map, among the labels, among the boxes of a label, elsewhere.
 */
export type Situation = "photos" | "large" | "compare" | "box" | "map" | "labels" | "boxes" | "pages";
export const SITUATIONS: Situation[] = ["photos", "large", "compare", "box", "map", "labels", "boxes", "pages"];
export const LOUPE: Situation[] = ["large", "compare"];
export const OF_PHOTOS: Situation[] = ["photos", "large", "compare", "map"];
export const NOT_LABELS: Situation[] = [...OF_PHOTOS, "boxes", "pages"];

/** What has keys that a person can change. */
export interface Keyed {
  id: string;
  name: string;
  /** Unless the person chose others. */
  keys: readonly string[];
  in?: readonly Situation[];
}
