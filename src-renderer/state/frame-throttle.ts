/** Milliseconds of a frame that drawing may take on the main thread, with the layout and painting it causes. */
const BUDGET = { moving: 2, still: 12 };
/** Pieces drawn per frame in any case: even where frames are slow, the screen must not stay empty for long. */
const LEAST = { moving: 1, still: 10 };
const MOST = 24;
/** Milliseconds after scrolling in which more may follow, as while paging. */
const MOVING = 250;
/** Most frames in a row left to others. */
const PASSED = 6;

interface Piece {
  /** Called once, in its frame, unless the piece is dropped before. */
  draw(): void;
}

/**
 * Spreads drawing over frames, in the order it was requested: as many pieces per frame as it has time for, fewer while
 * the view scrolls. How many that is on this machine is learned from previous frames: one piece more after a quick
 * frame, half as many after a slow one.
 */
class FrameThrottle {
  #waiting = new Set<Piece>();
  #frame: number | undefined;
  #most = { ...LEAST };
  #added = false;
  #passed = 0;
  #movedAt = -Infinity;
  #begun = 0;
  #painted = new MessageChannel();

  constructor() {
    // A message posted while a frame is prepared arrives after it was painted.
    this.#painted.port1.onmessage = ({ data }: MessageEvent<keyof typeof BUDGET>) => {
      const took = performance.now() - this.#begun;
      this.#most[data] =
        took > BUDGET[data]
          ? Math.max(LEAST[data], Math.floor(this.#most[data] / 2))
          : Math.min(MOST, this.#most[data] + 1);
    };
  }

  add(piece: Piece) {
    this.#waiting.add(piece);
    this.#added = true;
    this.#frame ??= requestAnimationFrame(this.#turn);
  }

  /** The piece is no longer wanted. */
  drop(piece: Piece) {
    this.#waiting.delete(piece);
  }

  /** The view was scrolled. */
  move() {
    this.#movedAt = performance.now();
  }

  #turn = () => {
    this.#frame = undefined;
    const pace = performance.now() - this.#movedAt < MOVING ? "moving" : "still";
    // Whoever asked for more in this frame has already drawn in it, such as rows scrolling into view.
    const passes = pace === "moving" && this.#added && this.#passed < PASSED;
    this.#added = false;
    this.#passed = passes ? this.#passed + 1 : 0;
    const pieces = passes ? [] : [...this.#waiting].slice(0, this.#most[pace]);
    for (const piece of pieces) this.#waiting.delete(piece);
    if (this.#waiting.size > 0) this.#frame = requestAnimationFrame(this.#turn);
    if (pieces.length === 0) return;
    this.#begun = performance.now();
    this.#painted.port2.postMessage(pace);
    for (const piece of pieces) piece.draw();
  };
}

export const throttleToFrames = new FrameThrottle();
