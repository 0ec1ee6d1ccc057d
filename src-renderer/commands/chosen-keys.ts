import type { Command } from "./command";
import { commandOf, COMMANDS } from "./commands";

/** The keys that a person chose, by the id of the command; all others have the program's. */
export type ChosenKeys = Readonly<Record<string, readonly string[]>>;

/** What was kept by any version, without what this one can't use. */
export function readChosenKeys(kept: unknown): ChosenKeys {
  const known = new Set(COMMANDS.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(typeof kept === "object" && kept !== null ? kept : {}).filter(
      (entry): entry is [string, string[]] =>
        known.has(entry[0]) && Array.isArray(entry[1]) && entry[1].every((key) => typeof key === "string"),
    ),
  );
}

export const keysOf = (chosen: ChosenKeys, id: string): readonly string[] => chosen[id] ?? commandOf(id).keys;

/** Other commands that the key would run where this one can be run. */
export const conflictsOf = (chosen: ChosenKeys, { id, in: places }: Command, key: string): Command[] =>
  COMMANDS.filter(
    (other) =>
      other.id !== id &&
      keysOf(chosen, other.id).includes(key) &&
      (!places || !other.in || other.in.some((place) => places.includes(place))),
  );

/** Gives a command one more key, which those in its way lose. */
export function withKey(chosen: ChosenKeys, command: Command, key: string): ChosenKeys {
  const others = conflictsOf(chosen, command, key).map(({ id }) => [id, without(keysOf(chosen, id), key)]);
  const keys = [...without(keysOf(chosen, command.id), key), key];
  return { ...chosen, ...Object.fromEntries(others), [command.id]: keys };
}

export const withoutKey = (chosen: ChosenKeys, { id }: Command, key: string): ChosenKeys => ({
  ...chosen,
  [id]: without(keysOf(chosen, id), key),
});

/** The program's own keys for a command again; commands that have taken one of them lose it. */
export function withOwnKeys(chosen: ChosenKeys, command: Command): ChosenKeys {
  const { [command.id]: _, ...others } = chosen;
  let result: ChosenKeys = others;
  for (const key of command.keys)
    for (const other of conflictsOf(result, command, key)) result = withoutKey(result, other, key);
  return result;
}

const without = (keys: readonly string[], key: string) => keys.filter((name) => name !== key);
