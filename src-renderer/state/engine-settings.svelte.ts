import type { Settings } from "../../src-shared/contract";
import type { Connection } from "./connection.svelte";

type Change = Partial<Omit<Settings, "dataFolder">>;

/** The settings that the engine keeps with the library: one copy, whoever shows or changes them. */
export class EngineSettings {
  /** As the engine has them; null until it said. */
  value = $state.raw<Settings | null>(null);

  /** @param onThreshold told when labels are shown from another confidence on */
  constructor(
    private readonly connection: Connection,
    private readonly onThreshold: () => void,
  ) {
    connection.onRestored(() => void this.load());
  }

  async load() {
    const value = await this.connection.attempt(this.connection.api.settings());
    if (value) this.value = value;
    return value;
  }

  /** Undefined where the engine refused; then the settings are as they were. */
  async change(change: Change) {
    const value = await this.connection.attempt(this.connection.api.changeSettings(change));
    if (value) this.value = value;
    if (value && (change.threshold !== undefined || change.labelThresholds !== undefined)) this.onThreshold();
    return value;
  }

  reset() {
    this.value = null;
    void this.load();
  }
}
