import type { Job, KeywordOffer as Offer } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

/** Jobs that find keywords, or use them up. */
const FINDING: Job["kind"][] = ["scan", "embed", "exif", "import"];

/** Keywords that the photos carry, until they were imported or the offer to do so was dismissed. */
export class KeywordOffer {
  found = $state.raw<Offer | null>(null);

  constructor(private readonly connection: Connection) {
    connection.transport.on("job", ({ kind, state }) => {
      if (state === "done" && FINDING.includes(kind)) void this.load();
    });
    connection.transport.on("library", () => {
      if (this.found) void this.load(); // they may have been imported
    });
  }

  async load() {
    const found = await this.connection.attempt(this.connection.api.keywordOffer());
    if (found !== undefined) this.found = found;
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
