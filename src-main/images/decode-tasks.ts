import { decode, glanceAtThumbnail, render } from "./decode";
import { readHead } from "./picture-source";

/** What a decoder does for the engine, by name. */
export const decodeTasks = { decode, render, glanceAtThumbnail, readHead };
export type DecodeTasks = typeof decodeTasks;
