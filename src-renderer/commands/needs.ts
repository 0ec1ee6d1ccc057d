import { text } from "../messages/text";
import type { Semblance } from "../state/semblance.svelte";

/** Why a command on one photo can't be run; null if a photo has the focus. */
export const needsPhoto = ({ selection }: Semblance): string | null =>
  selection.focus === null ? text("command.needsPhoto") : null;
