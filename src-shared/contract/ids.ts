/** Row id of a photo. Files with the same content are one photo. */
export type PhotoId = number;
/** `wn:02086723` is the WordNet 3.1 noun synset at that offset; `own:Rex` is an own label. Ids never change. See label-id.ts. */
export type LabelId = `wn:${string}` | `own:${string}`;
export type ModelId = number;
