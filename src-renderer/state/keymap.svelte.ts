import {
  type ChosenKeys,
  conflictsOf,
  keysOf,
  readChosenKeys,
  withKey,
  withoutKey,
  withOwnKeys,
} from "../commands/chosen-keys";
import type { Command } from "../commands/command";
import { ariaKey } from "../commands/key-names";
import { keepPreference, readPreference } from "./preference";

/** The keys of all commands: the program's, or those that a person chose. Kept between visits. */
export class Keymap {
  #chosen = $state.raw<ChosenKeys>(readChosenKeys(readPreference<unknown>("keys", {})));
  /** Whether any key is the person's own. */
  readonly changed = $derived(Object.keys(this.#chosen).length > 0);

  keysOf(id: string): readonly string[] {
    return keysOf(this.#chosen, id);
  }

  /** For `aria-keyshortcuts`. */
  ariaOf(id: string): string | undefined {
    return this.keysOf(id).map(ariaKey).join(" ") || undefined;
  }

  isChanged(id: string): boolean {
    return id in this.#chosen;
  }

  conflicts(command: Command, key: string): Command[] {
    return conflictsOf(this.#chosen, command, key);
  }

  add(command: Command, key: string) {
    this.#keep(withKey(this.#chosen, command, key));
  }

  remove(command: Command, key: string) {
    this.#keep(withoutKey(this.#chosen, command, key));
  }

  reset(command: Command) {
    this.#keep(withOwnKeys(this.#chosen, command));
  }

  resetAll() {
    this.#keep({});
  }

  #keep(chosen: ChosenKeys) {
    this.#chosen = chosen;
    keepPreference("keys", chosen);
  }
}
