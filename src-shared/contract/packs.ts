import type { JobId } from "./working";

/** Model packs on this computer, and those that can be downloaded. */
export interface PackCalls {
  packs(): Promise<PackList>;
  /** Runs a pack's network on ten pictures, and remembers the time for this computer. */
  measurePack(query: { name: string }): Promise<PackSpeed>;
  /**
   * Downloads a pack of the catalogue, or continues. The only call that opens a connection to another computer: the
   * model hub.
   */
  getPack(query: { name: string }): Promise<{ job: JobId }>;
  /** Deletes an installed pack, or what has been downloaded of one. Refuses a pack that a library uses. */
  removePack(query: { name: string }): Promise<void>;
  /** Labels the open library with another pack: analyses its photos, then changes all labels at once. */
  usePack(query: { name: string }): Promise<{ job: JobId }>;
}

export interface PackList {
  /** Bundled ones first, then by name. */
  installed: InstalledPack[];
  available: AvailablePack[];
  /** The open library's pack; null if it is a folder elsewhere or missing, or if no library is open. */
  inUse: string | null;
}

export interface InstalledPack {
  /** Names it in calls and commands. */
  name: string;
  folder: string;
  isBundled: boolean;
  /** Size on disk. */
  bytes: number;
  /** Photo folders whose libraries use it. */
  libraries: string[];
  /** What the pack says about itself; null if it can't be read. */
  pack: PackFacts | null;
  /** Why it can't be read; null if it can. */
  fault: string | null;
  /** As last measured on this computer; null if it wasn't. */
  speed: PackSpeed | null;
  /** Photos of the open library that this pack has not analysed; null if none is open. */
  photosToAnalyse: number | null;
}

export interface PackFacts {
  title: string;
  /** What it is good for; empty if the pack doesn't say. */
  about: string;
  licence: string;
  source: string;
  /** Changes with the network and its input. */
  visualId: string;
  /** 0 for a pack that only has a text tower. */
  classes: number;
  /** Names of its detectors. */
  detectors: string[];
  scenes: number;
  hasTextTower: boolean;
}

export interface PackSpeed {
  /** Of the visual network alone, with all that runs it at work: no decoding, no detectors. */
  millisecondsPerPhoto: number;
  /** What ran it. */
  backend: string;
  /** ISO 8601. */
  measuredAt: string;
}

/** A pack of the catalogue that isn't installed. */
export interface AvailablePack {
  name: string;
  title: string;
  about: string;
  licence: string;
  source: string;
  /** Of all its files. */
  bytes: number;
  /** How much of it an interrupted download left here. */
  downloaded: number;
  /** Where it is downloaded from: "https://huggingface.co". */
  hub: string;
}
