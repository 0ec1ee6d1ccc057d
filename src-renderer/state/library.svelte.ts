import { CallError } from "../../src-preload/client";
import type { DamagedLibrary, LibraryInfo, Welcome } from "../../src-shared/contract";
import { text } from "../messages/text";
import type { Connection } from "./connection.svelte";

/** The open library, if any, and what the welcome screen offers. */
export class Library {
  info = $state.raw<LibraryInfo | null>(null);
  welcome = $state.raw<Welcome | null>(null);
  /** False until the engine has reported whether a library is open. */
  known = $state(false);
  /** What is being opened, as shown to people. */
  opening = $state<string | null>(null);
  /** A library whose file is damaged, found on opening or later, and what is wrong with it. */
  damaged = $state.raw<DamagedLibrary | null>(null);
  /** Why nothing can be saved at the moment, as shown to people. */
  diskFault = $state<string | null>(null);
  /** Number of library updates the engine has sent unasked. */
  #tellings = 0;

  constructor(private readonly connection: Connection) {
    connection.transport.on("library", (info) => {
      this.#tellings++;
      this.info = info;
    });
    connection.transport.on("disk", ({ fault }) => {
      this.diskFault = fault;
    });
    connection.transport.on("damaged", (damaged) => {
      this.damaged = damaged;
      this.info = null;
      void this.load();
    });
    connection.onRestored(() => void this.load());
  }

  async load() {
    const { api } = this.connection;
    const [info, welcome] = await Promise.all([this.#take(api.library()), this.connection.attempt(api.welcome())]);
    if (welcome !== undefined) {
      this.welcome = welcome;
      this.damaged = welcome.damaged ?? this.damaged;
    }
    this.known = info !== undefined;
  }

  open(folder: string) {
    return this.#open(
      folder,
      this.connection.api.openLibrary({ folder }).catch((error: unknown) => {
        if (!(error instanceof CallError) || error.code !== "library-damaged") throw error;
        this.damaged = { folder, message: error.message };
        return undefined;
      }),
    );
  }

  /** Checks whether the disk can be written to again. */
  async tryDisk() {
    await this.connection.attempt(this.connection.api.tryDisk());
  }

  openSamples() {
    return this.#open(text("library.samplePhotos"), this.connection.api.openSamples());
  }

  /** The open library is the one of the sample photos. */
  readonly isSample = $derived(this.info !== null && this.info.folder === this.welcome?.samples);

  /** Deletes the library of the sample photos, and returns to the welcome screen. True if that worked. */
  async deleteSamples(): Promise<boolean> {
    const call = this.connection.api.deleteSamples().then(() => true);
    const isDeleted = (await this.connection.attempt(call)) ?? false;
    if (isDeleted) {
      this.info = null;
      await this.load();
    }
    return isDeleted;
  }

  /** Leaves a copy of this library for the folder it was moved from, so that both have one. */
  async copyToPreviousFolder() {
    const info = await this.connection.attempt(this.connection.api.copyToPreviousFolder());
    if (info) this.info = info;
  }

  async close() {
    await this.connection.attempt(this.connection.api.closeLibrary());
    this.info = null;
    await this.load();
  }

  async forget(folder: string) {
    await this.connection.attempt(this.connection.api.forgetLibrary({ folder }));
    const welcome = await this.connection.attempt(this.connection.api.welcome());
    if (welcome) this.welcome = welcome;
  }

  /** True if it opened. */
  async #open(what: string, call: Promise<LibraryInfo | undefined>): Promise<boolean> {
    this.opening = what;
    const info = await this.#take(call);
    this.opening = null;
    return info !== undefined;
  }

  /** An update that arrived before the answer, for the same library, is newer than the answer. */
  async #take<T extends LibraryInfo | null>(call: Promise<T | undefined>): Promise<T | undefined> {
    const before = this.#tellings;
    const info = await this.connection.attempt(call);
    const newer = before !== this.#tellings && info?.folder === this.info?.folder;
    if (info !== undefined && !newer) this.info = info;
    return info;
  }
}
