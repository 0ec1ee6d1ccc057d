import type { Semblance } from "../state/semblance.svelte";
import type { Situation } from "./situation";

/**
 * Something that a person can do. Menus, tips, the list of keys, the settings of keys and the palette are made from
 * these: to add one, put it into the file of its group, with its words in messages/en/commands.ts.
 */
export interface Command {
  /** Stays the same for ever: a person's own keys are kept by it. */
  id: string;
  /** The heading it is listed under. */
  group: string;
  /** As menus and the palette show it; ends with "…" if it asks for more first. */
  name: string;
  /** Other words it can be found by. */
  alsoCalled?: string;
  /** Unless the person chose others. As `keyOf` names them: "x", "shift+g", "ctrl+e". */
  keys: string[];
  /** Where it can be run and its keys hold. Everywhere if absent. */
  in?: Situation[];
  /** Why it can't be run now, although the situation is right; null if it can. */
  unavailable?: (app: Semblance) => string | null;
  /** @param event the key that was pressed, if one was */
  run: (app: Semblance, event?: KeyboardEvent) => void;
}

/** Keys that can't be changed, because they move, choose or close whatever has the focus, or stand for a series. */
export interface FixedKeys {
  group: string;
  /** As `keyOf` names them. */
  keys: string[];
  /** As people read them, if that isn't the list of keys: "1 – 9". */
  shown?: string[];
  name: string;
  alsoCalled?: string;
  in?: Situation[];
  /** Absent if the part that has the focus handles the key itself. */
  run?: (app: Semblance, event: KeyboardEvent) => void;
}
