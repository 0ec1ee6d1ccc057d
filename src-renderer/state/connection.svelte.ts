import { CallError, createClient } from "../../src-preload/client";
import type { Api, Transport } from "../../src-shared/contract";
import type { Toasts } from "./toasts.svelte";

/** A transport that can lose its engine, and says so. */
export interface WatchedTransport extends Transport {
  onConnection(listener: (up: boolean) => void): () => void;
  reconnect(): void;
}

/** The engine, as the window sees it: its calls, and whether it still answers. */
export class Connection {
  readonly api: Api;
  lost = $state(false);
  #restored = new Set<() => void>();

  constructor(
    readonly transport: Transport | WatchedTransport,
    private readonly toasts: Toasts,
  ) {
    this.api = createClient(transport);
    if ("onConnection" in transport) transport.onConnection((up) => this.#heard(up));
  }

  /** Awaits a call; a failure is shown as a toast and gives undefined. */
  async attempt<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  report(error: unknown) {
    if (error instanceof CallError && error.code === "connection-lost") this.#heard(false);
    else this.toasts.fail(error instanceof Error ? error.message : String(error));
  }

  /** `listener` runs when the engine answers again after it was lost. */
  onRestored(listener: () => void) {
    this.#restored.add(listener);
  }

  /** Resolves when the engine answers again. */
  back(): Promise<void> {
    return new Promise((resolve) => {
      const heard = () => {
        this.#restored.delete(heard);
        resolve();
      };
      this.#restored.add(heard);
    });
  }

  async retry() {
    if ("reconnect" in this.transport) this.transport.reconnect();
    const answer = await this.transport.send({ name: "library", args: [] });
    if (answer.ok) this.#heard(true);
  }

  #heard(up: boolean) {
    const restored = up && this.lost;
    this.lost = !up;
    if (restored) for (const listener of this.#restored) listener();
  }
}
