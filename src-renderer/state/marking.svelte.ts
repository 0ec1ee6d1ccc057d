import type { PhotoId } from "../../src-shared/contract";
import { type Mark, MARKS, type PhotoMarks } from "../../src-shared/photo-marks";
import { colourLabelName } from "../components/mark-names";
import { text } from "../messages/text";
import type { Annotating } from "./annotating.svelte";
import type { Connection } from "./connection.svelte";
import type { Inspected } from "./inspected.svelte";
import { keepPreference, readPreference } from "./preference";
import type { Selection } from "./selection.svelte";
import type { Tiles } from "./tiles.svelte";
import type { Toasts } from "./toasts.svelte";
import type { Viewing } from "./viewing.svelte";

/** Flags, ratings and colour labels of the selected photos. Keys go to the photos selected when they are pressed. */
export class Marking {
  #advance = $state(readPreference("advance", false));

  /** What all selected photos have in common; a mark that they don't share is missing. */
  readonly current: Partial<PhotoMarks> = $derived.by(() => {
    const photo = this.inspected.photo;
    const known =
      photo !== null ? [this.inspected.known.get(photo)] : [...this.selection.chosen].map((one) => this.tiles.get(one));
    const [first, ...others] = known.filter((marks) => marks != null);
    if (!first || known.length > others.length + 1) return {};
    const isShared = (mark: Mark) => others.every((one) => one[mark] === first[mark]);
    return Object.fromEntries(MARKS.filter(isShared).map((mark) => [mark, first[mark]]));
  });

  constructor(
    private readonly connection: Connection,
    private readonly judging: Annotating,
    private readonly inspected: Inspected,
    private readonly selection: Selection,
    private readonly tiles: Tiles,
    private readonly viewing: Viewing,
    private readonly toasts: Toasts,
  ) {}

  /** Flagging or rating a single photo moves on to the next one. */
  get advance() {
    return this.#advance;
  }
  set advance(on: boolean) {
    this.#advance = on;
    keepPreference("advance", on);
  }

  toggleAdvance() {
    this.advance = !this.advance;
    this.toasts.say(text(this.advance ? "marks.advanceOn" : "marks.advanceOff"));
  }

  /** @param onwards goes to the next photo afterwards, whatever the setting says */
  set(marks: Partial<PhotoMarks>, onwards = false): Promise<void> {
    const { photos } = this.judging;
    if (photos.length === 0) {
      this.toasts.say(text("marks.selectFirst"));
      return Promise.resolve();
    }
    const done = this.judging.inTurn(() => this.#send(photos, marks));
    if ((this.advance || onwards) && photos.length === 1) this.viewing.go(1);
    return done;
  }

  /** Rejects all photos side by side but the focused one, as one undo step, and shows that one alone. */
  keepWinner(): Promise<void> {
    const { focus } = this.selection;
    const { compared } = this.viewing;
    if (focus === null || !compared.includes(focus)) return Promise.resolve();
    const others = compared.filter((photo) => photo !== focus);
    const done = this.judging.inTurn(() => this.#send(others, { flag: "reject" }));
    this.viewing.endComparing();
    return done;
  }

  /** Sets a colour label, or removes it where all selected photos have it. */
  toggleColour(colour: string, onwards = false): Promise<void> {
    return this.set({ colour: this.current.colour === colour ? "" : colour }, onwards);
  }

  async #send(photos: PhotoId[], marks: Partial<PhotoMarks>) {
    const { photos: count } = await this.connection.api.markPhotos({ photos, marks });
    if (count === 0) this.toasts.say(text("marks.did.nothing"));
    else this.toasts.say(didText(marks, count), { text: text("action.undo"), run: () => void this.judging.undo() });
  }
}

function didText({ flag, rating, colour }: Partial<PhotoMarks>, count: number): string {
  if (flag !== undefined) return text(`marks.did.${flag}`, { count });
  if (rating !== undefined)
    return rating === 0 ? text("marks.did.noStars", { count }) : text("marks.did.stars", { count, stars: rating });
  return colour
    ? text("marks.did.colour", { count, colour: colourLabelName(colour).toLowerCase() })
    : text("marks.did.noColour", { count });
}
