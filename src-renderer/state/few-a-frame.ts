/**
 * Milliseconds of the main thread that drawing new things may take of a frame, with the layout and the painting that
 * they bring.
 */
const BUDGET = { moving: 2, still: 12 };
/** Pieces a frame, whatever it takes: where frames are slow in any case, a screen must not stay empty for long. */
const LEAST = { moving: 1, still: 10 };
const MOST = 24;
/** Milliseconds after the last scrolling in which more of it may come, as while pages are turned. */
const MOVING = 250;
/** Frames in a row that are left to others at most. */
const PASSED = 6;

interface Piece {
  /** Called once, in its frame, unless it was dropped before. */ draw(): void;
}

/**
 * Spreads drawing over frames: what is asked for is drawn in order, so much of it a frame that the frame is still shown
 * in time, and
 * less while the view is scrolled. How much that is on this machine is learned from how long the frames before took:
 * one piece more after a
 * quick one, half as many after a slow one.
 */
class FewAFrame {
  #waiting = new Set<Piece>();
  #frame: number | undefined;
  #most = { ...LEAST };
  #added = false;
  #passed = 0;
  #movedAt = -Infinity;
  #begun = 0;
  #painted = new MessageChannel();

  constructor() {
    // A message that is posted while a frame is prepared arrives when it was painted.
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

  /** It is not wanted any more. */
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
    // Who asked for more in this frame has drawn something in it already, such as the rows that come into sight.
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

export const fewAFrame = new FewAFrame();
