import { actions } from "./en/actions";
import { dialogs } from "./en/dialogs";
import { evaluation } from "./en/evaluation";
import { exporting } from "./en/exporting";
import { importing } from "./en/importing";
import { labels } from "./en/labels";
import { learning } from "./en/learning";
import { quantities } from "./en/quantities";
import { settings } from "./en/settings";
import { splitting } from "./en/splitting";
import { welcome } from "./en/welcome";
import { window } from "./en/window";

/**
 * Every text of the window in English, in ICU message format (https://unicode-org.github.io/icu/userguide/format_parse/messages/):
 * a file per area under `en/`, keys as "area.name".
 */
export const en = {
  ...quantities,
  ...actions,
  ...window,
  ...welcome,
  ...settings,
  ...dialogs,
  ...splitting,
  ...exporting,
  ...importing,
  ...labels,
  ...learning,
  ...evaluation,
} as const;
