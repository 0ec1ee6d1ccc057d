import { actions } from "./en/actions";
import { amounts } from "./en/amounts";
import { grid } from "./en/grid";
import { inspector } from "./en/inspector";
import { jobs } from "./en/jobs";
import { keys } from "./en/keys";
import { library } from "./en/library";
import { loupe } from "./en/loupe";
import { map } from "./en/map";
import { quantities } from "./en/quantities";
import { review } from "./en/review";
import { search } from "./en/search";
import { sidebar } from "./en/sidebar";
import { toolbar } from "./en/toolbar";

/**
 * Every text of the window in English, in ICU message format (https://unicode-org.github.io/icu/userguide/format_parse/messages/):
 * a file per area under `en/`, keys as "area.name".
 */
export const en = {
  ...actions,
  ...amounts,
  ...grid,
  ...inspector,
  ...jobs,
  ...keys,
  ...library,
  ...loupe,
  ...map,
  ...quantities,
  ...review,
  ...search,
  ...sidebar,
  ...toolbar,
} as const;
