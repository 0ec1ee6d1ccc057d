import { decode, render, thumbnailQuality } from "./decode";
import { decodeCrops } from "./decode-crops";
import { readMetadata } from "./image-source";
import { renderArea } from "./render-area";

/** The functions that a decoder runs for the engine, by name. */
export const decodeTasks = { decode, decodeCrops, render, renderArea, thumbnailQuality, readMetadata };
export type DecodeTasks = typeof decodeTasks;
