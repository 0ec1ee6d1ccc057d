import { text } from "../messages/text";
import type { Semblance } from "../state/semblance.svelte";
import { boxTileCommands } from "./box-tile-commands";
import type { Command, FixedKeys } from "./command";
import { compareCommands } from "./compare-commands";
import { eventCommands } from "./event-commands";
import { fixedKeys } from "./fixed-keys";
import { shownKey } from "./key-names";
import { labelCommands } from "./label-commands";
import { libraryCommands } from "./library-commands";
import { loupeCommands } from "./loupe-commands";
import { mapCommands } from "./map-commands";
import { markCommands } from "./mark-commands";
import { photoCommands } from "./photo-commands";
import type { Situation } from "./situation";
import { viewCommands } from "./view-commands";

/** Every command of the window, in the order of the list of keys. */
export const COMMANDS: readonly Command[] = [
  ...photoCommands(),
  ...markCommands(),
  ...labelCommands(),
  ...eventCommands(),
  ...loupeCommands(),
  ...compareCommands(),
  ...mapCommands(),
  ...boxTileCommands(),
  ...viewCommands(),
  ...libraryCommands(),
];
export const FIXED_KEYS: readonly FixedKeys[] = fixedKeys();
const BY_ID = new Map(COMMANDS.map((command) => [command.id, command]));

/** @throws Error for an id that no command has */
export function commandOf(id: string): Command {
  const found = BY_ID.get(id);
  if (!found) throw new Error(`There is no command “${id}”.`);
  return found;
}

/** Where the window is now. */
export function situationOf({ browse, lightbox, viewing }: Semblance): Situation {
  if (lightbox) return viewing.compared.length > 0 ? "compare" : "large";
  const { kind } = browse.place;
  if (kind === "map" || kind === "labels" || kind === "boxes") return kind;
  return browse.ofPhotos ? "photos" : "pages";
}

const isIn = ({ in: places }: { in?: Situation[] }, situation: Situation) => !places || places.includes(situation);

/** Why a command can't be run now; null if it can. */
export function whyNot(app: Semblance, command: Command): string | null {
  if (!isIn(command, situationOf(app))) return text("command.notHere");
  return command.unavailable?.(app) ?? null;
}

/** What a key does in a situation. @param keysOf the keys that hold for a command */
export function boundTo(
  key: string,
  situation: Situation,
  keysOf: (command: Command) => readonly string[],
): Command | FixedKeys | undefined {
  return (
    FIXED_KEYS.find((fixed) => isIn(fixed, situation) && fixed.keys.includes(key)) ??
    COMMANDS.find((command) => isIn(command, situation) && keysOf(command).includes(key))
  );
}

/** A line of the list of keys. */
export interface KeyLine {
  group: string;
  name: string;
  /** As people read them. */
  keys: string[];
}

/** The keys that the words of a search describe, or name; all for an empty search. Groups stay together. */
export function keyLines(searched: string, keysOf: (command: Command) => readonly string[]): KeyLine[] {
  const wanted = searched.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const lines = [
    ...FIXED_KEYS.map(({ keys, shown = keys.map(shownKey), ...fixed }) => ({ ...fixed, keys: shown })),
    ...COMMANDS.map((command) => ({ ...command, keys: keysOf(command).map(shownKey) })),
  ].filter(({ keys }) => keys.length > 0);
  const found = lines.filter(({ name, keys, group, alsoCalled = "" }) => {
    const described = `${name} ${group} ${alsoCalled}`.toLowerCase();
    return words.every((word) => described.includes(word)) || keys.some((key) => key.toLowerCase() === wanted);
  });
  const groups = [...new Set(lines.map(({ group }) => group))];
  return groups.flatMap((group) => found.filter((line) => line.group === group));
}
