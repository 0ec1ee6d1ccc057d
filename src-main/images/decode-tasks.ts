import { decode, render, thumbnailQuality } from "./decode";
import { readMetadata } from "./image-source";

/** The functions that a decoder runs for the engine, by name. */
export const decodeTasks = { decode, render, thumbnailQuality, readMetadata };
export type DecodeTasks = typeof decodeTasks;
