import type { Keyed } from "./situation";

/** The keys that a person chose, by the id of the command; all others have the program's. */
export type ChosenKeys = Readonly<Record<string, readonly string[]>>;

/** What was kept by any version, without what this one can't use. */
export function readChosenKeys(commands: readonly Keyed[], kept: unknown): ChosenKeys {
  const known = new Set(commands.map(({ id }) => id));
  return Object.fromEntries(
    Object.entries(typeof kept === "object" && kept !== null ? kept : {}).filter(
      (entry): entry is [string, string[]] =>
        known.has(entry[0]) && Array.isArray(entry[1]) && entry[1].every((key) => typeof key === "string"),
    ),
  );
}

export const keysOf = (chosen: ChosenKeys, { id, keys }: Pick<Keyed, "id" | "keys">): readonly string[] =>
  chosen[id] ?? keys;

/** Other commands that the key would run where this one can be run. */
export const conflictsOf = <Command extends Keyed>(
  commands: readonly Command[],
  chosen: ChosenKeys,
  { id, in: places }: Keyed,
  key: string,
): Command[] =>
  commands.filter(
    (other) =>
      other.id !== id &&
      keysOf(chosen, other).includes(key) &&
      (!places || !other.in || other.in.some((place) => places.includes(place))),
  );

/** Gives a command one more key, which those in its way lose. */
export function withKey(commands: readonly Keyed[], chosen: ChosenKeys, command: Keyed, key: string): ChosenKeys {
  const others = conflictsOf(commands, chosen, command, key).map((other) => [
    other.id,
    without(keysOf(chosen, other), key),
  ]);
  const keys = [...without(keysOf(chosen, command), key), key];
  return { ...chosen, ...Object.fromEntries(others), [command.id]: keys };
}

export const withoutKey = (chosen: ChosenKeys, command: Keyed, key: string): ChosenKeys => ({
  ...chosen,
  [command.id]: without(keysOf(chosen, command), key),
});

/** The program's own keys for a command again; commands that have taken one of them lose it. */
export function withOwnKeys(commands: readonly Keyed[], chosen: ChosenKeys, command: Keyed): ChosenKeys {
  const { [command.id]: _, ...others } = chosen;
  let result: ChosenKeys = others;
  for (const key of command.keys)
    for (const other of conflictsOf(commands, result, command, key)) result = withoutKey(result, other, key);
  return result;
}

const without = (keys: readonly string[], key: string) => keys.filter((name) => name !== key);
