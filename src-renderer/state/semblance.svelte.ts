import { createContext, flushSync } from "svelte";
import type { LabelId, PhotoBox, PhotoId, Transport } from "../../src-shared/contract";
import type { PictureSize } from "../../src-shared/picture-size";
import type { Keyed } from "../commands/situation";
import { text } from "../messages/text";
import { Annotating } from "./annotating.svelte";
import { Appearance } from "./appearance.svelte";
import { Boxes } from "./boxes.svelte";
import { Browse } from "./browse.svelte";
import { Changes } from "./changes.svelte";
import { ComparingPacks } from "./comparing-packs.svelte";
import { Connection } from "./connection.svelte";
import { EngineSettings } from "./engine-settings.svelte";
import { Evaluating } from "./evaluating.svelte";
import { Explaining } from "./explaining.svelte";
import { Hints } from "./hints.svelte";
import { Importing } from "./importing.svelte";
import { Inspected } from "./inspected.svelte";
import { Jobs } from "./jobs.svelte";
import { Keymap } from "./keymap.svelte";
import { KeywordOffer } from "./keyword-offer.svelte";
import { LabelBoxes } from "./label-boxes.svelte";
import { LabelCards } from "./label-cards.svelte";
import { Library } from "./library.svelte";
import { Mapping } from "./mapping.svelte";
import { MarkConflicts } from "./mark-conflicts.svelte";
import { Marking } from "./marking.svelte";
import { MeasuringVerdicts } from "./measuring-verdicts.svelte";
import { Packs } from "./packs.svelte";
import { PhotoEvents } from "./photo-events.svelte";
import { Retraining } from "./retraining.svelte";
import { Reviewing } from "./reviewing.svelte";
import { SavedSearches } from "./saved-searches.svelte";
import { Selection } from "./selection.svelte";
import { SimilaritySearch } from "./similarity-search.svelte";
import { Splitting } from "./splitting.svelte";
import { Tiles } from "./tiles.svelte";
import { Toasts } from "./toasts.svelte";
import { Upgrading } from "./upgrading.svelte";
import { MAX_COMPARED_PHOTOS, Viewing } from "./viewing.svelte";

export type DialogName =
  | "export"
  | "import"
  | "settings"
  | "about"
  | "keys"
  | "learn"
  | "folder"
  | "dataset"
  | "copy"
  | "labeller"
  | "open-copy"
  | "set"
  | "split"
  | "spread"
  | "event"
  | "palette"
  | "delete-samples"
  | "mark-conflicts";

/** The state of the window, assembled once for every view. */
export class Semblance {
  readonly appearance = new Appearance();
  readonly keymap: Keymap;
  readonly toasts = new Toasts();
  readonly connection: Connection;
  readonly library: Library;
  readonly browse: Browse;
  readonly savedSearches: SavedSearches;
  readonly tiles: Tiles;
  readonly selection: Selection;
  readonly inspected: Inspected;
  readonly judging: Annotating;
  readonly marking: Marking;
  readonly markConflicts: MarkConflicts;
  readonly boxes: Boxes;
  readonly labelBoxes: LabelBoxes;
  readonly viewing: Viewing;
  readonly likening: SimilaritySearch;
  readonly mapping: Mapping;
  readonly explaining: Explaining;
  readonly labelCards: LabelCards;
  readonly reviewing: Reviewing;
  readonly splitting: Splitting;
  readonly events: PhotoEvents;
  readonly importing: Importing;
  readonly keywordOffer: KeywordOffer;
  readonly hints = new Hints();
  readonly changes: Changes;
  readonly jobs: Jobs;
  readonly retraining: Retraining;
  readonly evaluating: Evaluating;
  readonly measuring: MeasuringVerdicts;
  readonly comparing: ComparingPacks;
  readonly settings: EngineSettings;
  readonly upgrading: Upgrading;
  readonly packs: Packs;

  /** The dialog that is open. */
  dialog = $state<DialogName | null>(null);
  #lightbox = $state(false);

  /** Set by the components that own these elements, for the keys that focus them. */
  focusSearch: () => void = () => undefined;
  openFilters: () => void = () => undefined;
  focusAddLabel: () => void = () => undefined;
  focusPhotos: () => void = () => undefined;
  /** Handles grid keys pressed while nothing has the focus. */
  gridKey: (event: KeyboardEvent) => void = () => undefined;

  /** @param commands those whose keys a person can change */
  constructor(transport: Transport, commands: readonly Keyed[]) {
    this.keymap = new Keymap(commands);
    this.connection = new Connection(transport, this.toasts);
    this.library = new Library(this.connection);
    this.browse = new Browse(this.connection);
    this.savedSearches = new SavedSearches(this.connection, this.browse, this.toasts);
    this.tiles = new Tiles(this.connection, this.browse);
    this.selection = new Selection(this.browse);
    this.inspected = new Inspected(this.connection, this.browse, this.selection, this.tiles);
    this.judging = new Annotating(this.connection, this.inspected, this.toasts);
    this.boxes = new Boxes(this.connection, this.judging, this.appearance, this.toasts);
    this.labelBoxes = new LabelBoxes(this.connection, this.judging, this.browse, this.toasts);
    this.viewing = new Viewing(this.browse, this.selection);
    this.marking = new Marking(
      this.connection,
      this.judging,
      this.inspected,
      this.selection,
      this.tiles,
      this.viewing,
      this.toasts,
    );
    this.markConflicts = new MarkConflicts(this.connection, this.judging, this.toasts);
    this.likening = new SimilaritySearch(this.browse, this.selection, this.judging, this.toasts);
    this.mapping = new Mapping(this.connection);
    this.reviewing = new Reviewing(this.connection, this.browse, this.selection, this.judging, this.toasts);
    this.splitting = new Splitting(this.connection, this.browse, this.judging, this.toasts);
    this.events = new PhotoEvents(this.connection, this.browse, this.selection, this.judging, this.toasts);
    this.importing = new Importing(this.connection, this.judging, this.toasts);
    this.keywordOffer = new KeywordOffer(this.connection, this.library);
    this.changes = new Changes(this.connection, this.browse, this.selection, this.tiles);
    this.labelCards = new LabelCards(this.connection, this.judging, this.toasts);
    this.explaining = new Explaining(this.connection, this.inspected);
    this.jobs = new Jobs(this.connection);
    this.retraining = new Retraining(this.connection);
    this.evaluating = new Evaluating(this.connection);
    this.measuring = new MeasuringVerdicts(this.connection);
    this.comparing = new ComparingPacks(this.connection, this.toasts);
    this.settings = new EngineSettings(this.connection, () => void this.browse.relabelled());
    this.upgrading = new Upgrading(this.connection, this.library, this.toasts);
    this.packs = new Packs(this.connection);
  }

  /** Loupe view: the focused photo fills the window, or several stand side by side in it. */
  get lightbox() {
    return this.#lightbox;
  }
  set lightbox(open: boolean) {
    if (this.#lightbox && !open) this.viewing.close();
    this.#lightbox = open;
  }

  picture(photo: number, size: PictureSize, version: string): string {
    return this.connection.transport.picture(photo, size, version);
  }

  /** Another library was opened: forgets everything of the previous one. */
  forgetPhotos() {
    this.lightbox = false;
    this.selection.reset();
    this.judging.reset();
    this.boxes.reset();
    this.inspected.reset();
    this.explaining.close();
    this.labelCards.reset();
    this.labelBoxes.reset();
    this.reviewing.reset();
    this.importing.reset();
    this.keywordOffer.reset();
    this.changes.reset();
    this.tiles.reset();
    this.mapping.reset();
    this.retraining.reset();
    this.evaluating.reset();
    this.measuring.reset();
    this.comparing.reset();
    this.settings.reset();
    this.upgrading.reset();
    this.packs.reset();
    this.browse.reset();
    this.savedSearches.reset();
    void this.jobs.load();
    void this.retraining.loadModels();
  }

  /** Shows all boxes of a label, also from Loupe view. */
  showBoxes({ label, name }: { label: LabelId; name: string }) {
    this.lightbox = false;
    this.labelBoxes.open({ label, name });
  }

  /** Finds photos with something like what is in a box of Loupe view. */
  showLikeBox(photo: PhotoId, { label, box, detector, name }: PhotoBox) {
    this.lightbox = false;
    this.likening.likeBox({ photo, label, box, detector }, name);
  }

  /** Opens the focused box of a list in Loupe view, with the boxes of its photo. */
  async enlargeBox() {
    if (!(await this.labelBoxes.enlarge((photo) => this.selection.only(photo)))) return;
    this.appearance.boxes = true;
    this.lightbox = true;
  }

  /** Puts the selected photos side by side, or shows one alone again. */
  compare() {
    if (this.viewing.compared.length > 0) return this.viewing.endComparing();
    const { place } = this.browse;
    const reviewed = place.kind === "review" && place.of === "duplicates";
    const group = reviewed ? this.reviewing.groupOf.get(this.selection.focus ?? -1)?.photos : undefined;
    if (this.viewing.compare(group)) this.lightbox = true;
    else this.toasts.say(text("loupe.selectToCompare", { most: MAX_COMPARED_PHOTOS }));
  }

  /** Focuses the field for a new label. */
  typeLabel() {
    if (!this.lightbox) this.appearance.inspector = true;
    flushSync(); // so that the next letter goes into the field
    this.focusAddLabel();
  }

  /** Asks for a name to save the search under. */
  nameSearch() {
    if (!this.browse.ofPhotos || this.savedSearches.query === "" || this.browse.fault)
      this.toasts.say(text("search.nothingToSave"));
    else if (this.savedSearches.current)
      this.toasts.say(text("search.alreadySaved", { name: this.savedSearches.current.name }));
    else {
      this.savedSearches.renaming = null;
      this.dialog = "set";
    }
  }

  /** Asks for a name for the event of a photo, the focused one if none is given. */
  async nameEvent(photo?: PhotoId) {
    if (await this.events.choose(photo)) this.dialog = "event";
  }

  /** The system's folder dialog if the host has one, else the window's own. */
  async chooseFolder() {
    if (!this.library.welcome?.folderDialog) {
      this.dialog = "folder";
      return;
    }
    const folder = await this.connection.attempt(this.connection.api.chooseFolder());
    if (folder) await this.library.open(folder);
  }
}

export const [semblance, provideSemblance] = createContext<Semblance>();
