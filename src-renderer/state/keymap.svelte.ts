import {
  type ChosenKeys,
  conflictsOf,
  keysOf,
  readChosenKeys,
  withKey,
  withoutKey,
  withOwnKeys,
} from "../commands/chosen-keys";
import { ariaKey } from "../commands/key-names";
import type { Keyed } from "../commands/situation";
import { keepPreference, readPreference } from "./preference";

/** The keys of all commands: the program's, or those that a person chose. Kept between visits. */
export class Keymap {
  #chosen: ChosenKeys = $state.raw({});
  /** Whether any key is the person's own. */
  readonly changed = $derived(Object.keys(this.#chosen).length > 0);
  readonly #byId: ReadonlyMap<string, Keyed>;

  constructor(private readonly commands: readonly Keyed[]) {
    this.#byId = new Map(commands.map((command) => [command.id, command]));
    this.#chosen = readChosenKeys(commands, readPreference<unknown>("keys", {}));
  }

  keysOf(id: string): readonly string[] {
    const command = this.#byId.get(id);
    return command ? keysOf(this.#chosen, command) : [];
  }

  /** For `aria-keyshortcuts`. */
  ariaOf(id: string): string | undefined {
    return this.keysOf(id).map(ariaKey).join(" ") || undefined;
  }

  isChanged(id: string): boolean {
    return id in this.#chosen;
  }

  conflicts(command: Keyed, key: string): Keyed[] {
    return conflictsOf(this.commands, this.#chosen, command, key);
  }

  add(command: Keyed, key: string) {
    this.#keep(withKey(this.commands, this.#chosen, command, key));
  }

  remove(command: Keyed, key: string) {
    this.#keep(withoutKey(this.#chosen, command, key));
  }

  reset(command: Keyed) {
    this.#keep(withOwnKeys(this.commands, this.#chosen, command));
  }

  resetAll() {
    this.#keep({});
  }

  #keep(chosen: ChosenKeys) {
    this.#chosen = chosen;
    keepPreference("keys", chosen);
  }
}
