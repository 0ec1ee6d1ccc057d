/** Row id of a photo: a content, wherever and however often it lies in the folder. */
export type PhotoId = number;
/**
 * `wn:02086723` is the WordNet 3.1 noun synset at that offset; `own:Rex` is a name of the user's own. Stable for ever.
 */
export type LabelId = `wn:${string}` | `own:${string}`;
export type ModelId = number;
