import { quantities } from "./en/quantities";

/**
 * Every text of the window in English, in ICU message format (https://unicode-org.github.io/icu/userguide/format_parse/messages/):
 * a file per area under `en/`, keys as "area.name".
 */
export const en = { ...quantities } as const;
