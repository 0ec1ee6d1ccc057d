import { decode, render, thumbnailQuality } from "./decode";
import { readMetadata } from "./image-source";
import { renderArea } from "./render-area";

/** The functions that a decoder runs for the engine, by name. */
export const decodeTasks = { decode, render, renderArea, thumbnailQuality, readMetadata };
export type DecodeTasks = typeof decodeTasks;
