/** Requests for pictures at a time: the photo in view comes first. */
const AT_A_TIME = 2;

/**
 * Fetches and decodes pictures that may be shown next, so that they are drawn without a wait. Those that are no longer
 * wanted are forgotten, and their requests cancelled.
 */
export class LookAhead {
  /** By address. */
  readonly #kept = new Map<string, { image: HTMLImageElement; decoded: boolean }>();
  #wanted: readonly string[] = [];
  #loading = 0;

  /** @param addresses those needed first at the beginning; replaces what was wanted before */
  want(addresses: readonly string[]) {
    this.#wanted = addresses;
    const wanted = new Set(addresses);
    for (const [address, { image }] of this.#kept)
      if (!wanted.has(address)) {
        image.src = "";
        this.#kept.delete(address);
      }
    this.#loadNext();
  }

  /** How many of these are decoded. */
  ready(addresses: readonly string[]): number {
    return addresses.filter((address) => this.#kept.get(address)?.decoded).length;
  }

  #loadNext() {
    while (this.#loading < AT_A_TIME) {
      const address = this.#wanted.find((each) => !this.#kept.has(each));
      if (address === undefined) return;
      void this.#load(address);
    }
  }

  async #load(address: string) {
    const kept = { image: new Image(), decoded: false };
    this.#kept.set(address, kept);
    this.#loading++;
    kept.image.src = address;
    try {
      await kept.image.decode();
      kept.decoded = true;
    } catch {
      // Unreadable, or no longer wanted: Loupe view says so if the photo is shown.
    }
    this.#loading--;
    this.#loadNext();
  }
}
