import { CallError } from "../../src-preload/client";
import type { Job, KeywordOffer as Offer } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";
import type { Library } from "./library.svelte";

/** Jobs that find keywords, or use them up. */
const FINDING: Job["kind"][] = ["scan", "embed", "exif", "import"];

/** Keywords that the photos carry, until they were imported or the offer to do so was dismissed. */
export class KeywordOffer {
  found = $state.raw<Offer | null>(null);

  constructor(
    private readonly connection: Connection,
    private readonly library: Library,
  ) {
    connection.transport.on("job", ({ kind, state }) => {
      if (state === "done" && FINDING.includes(kind)) void this.load();
    });
    connection.transport.on("library", () => {
      if (this.found) void this.load(); // they may have been imported
    });
  }

  async load() {
    if (!this.library.info) return;
    try {
      this.found = await this.connection.api.keywordOffer();
    } catch (error) {
      // Jobs end while a library is being closed.
      if (!(error instanceof CallError) || error.code !== "no-library") this.connection.report(error);
    }
  }

  async dismiss() {
    this.found = null;
    await this.connection.attempt(this.connection.api.closeKeywordOffer());
  }

  reset() {
    this.found = null;
    void this.load();
  }
}
