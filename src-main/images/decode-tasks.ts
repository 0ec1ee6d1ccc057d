import { decode, render, thumbnailQuality } from "./decode";
import { decodeCrops } from "./decode-crops";
import { readMetadata } from "./image-source";
import { readPlacedRegions } from "./placed-regions";
import { renderArea } from "./render-area";

/** The functions that a decoder runs for the engine, by name. */
export const decodeTasks = {
  decode,
  decodeCrops,
  render,
  renderArea,
  thumbnailQuality,
  readMetadata,
  readPlacedRegions,
};
export type DecodeTasks = typeof decodeTasks;
