import { actions } from "./en/actions";
import { addingModels } from "./en/adding-models";
import { amounts } from "./en/amounts";
import { boxTiles } from "./en/box-tiles";
import { boxes } from "./en/boxes";
import { commands } from "./en/commands";
import { comparing } from "./en/comparing";
import { comparingPhotos } from "./en/comparing-photos";
import { dialogs } from "./en/dialogs";
import { evaluation } from "./en/evaluation";
import { events } from "./en/events";
import { exporting } from "./en/exporting";
import { firstHour } from "./en/first-hour";
import { grid } from "./en/grid";
import { importing } from "./en/importing";
import { inspector } from "./en/inspector";
import { jobs } from "./en/jobs";
import { keys } from "./en/keys";
import { keywordOffer } from "./en/keyword-offer";
import { labels } from "./en/labels";
import { learning } from "./en/learning";
import { library } from "./en/library";
import { loupe } from "./en/loupe";
import { map } from "./en/map";
import { marks } from "./en/marks";
import { measuringVerdicts } from "./en/measuring-verdicts";
import { models } from "./en/models";
import { quantities } from "./en/quantities";
import { review } from "./en/review";
import { search } from "./en/search";
import { settings } from "./en/settings";
import { sidebar } from "./en/sidebar";
import { splitting } from "./en/splitting";
import { toolbar } from "./en/toolbar";
import { welcome } from "./en/welcome";
import { window } from "./en/window";

/**
 * Every text of the window in English, in ICU message format (https://unicode-org.github.io/icu/userguide/format_parse/messages/):
 * a file per area under `en/`, keys as "area.name".
 */
export const en = {
  ...actions,
  ...amounts,
  ...boxTiles,
  ...boxes,
  ...comparing,
  ...comparingPhotos,
  ...dialogs,
  ...evaluation,
  ...exporting,
  ...firstHour,
  ...grid,
  ...importing,
  ...inspector,
  ...jobs,
  ...keys,
  ...keywordOffer,
  ...labels,
  ...learning,
  ...library,
  ...loupe,
  ...map,
  ...measuringVerdicts,
  ...addingModels,
  ...marks,
  ...models,
  ...quantities,
  ...review,
  ...search,
  ...settings,
  ...sidebar,
  ...splitting,
  ...commands,
  ...events,
  ...toolbar,
  ...welcome,
  ...window,
} as const;
