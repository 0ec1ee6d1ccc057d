/** Milliseconds of the main thread that drawing new things may take of a frame, with the layout and the painting that they bring. */
const BUDGET = 3;
const MOST = 24;
/** Frames in a row that are left to others at most. */
const PASSED = 6;

interface Piece { /** Called once, in its frame, unless it was dropped before. */ draw(): void }

/**
 * Spreads drawing over frames: what is asked for is drawn in order, so much of it a frame that the frame is still shown in time. How
 * much that is on this machine is learned from how long the frames before took: one piece more after a quick one, half as many after a slow one.
 */
class FewAFrame {
  #waiting = new Set<Piece>();
  #frame: number | undefined;
  #most = 2;
  #added = false;
  #passed = 0;
  #begun = 0;
  #painted = new MessageChannel();

  constructor() {
    // A message that is posted while a frame is prepared arrives when it was painted.
    this.#painted.port1.onmessage = () => {
      const took = performance.now() - this.#begun;
      this.#most = took > BUDGET ? Math.max(1, Math.floor(this.#most / 2)) : Math.min(MOST, this.#most + 1);
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

  #turn = () => {
    this.#frame = undefined;
    // Who asked for more in this frame has drawn something in it already, such as the rows that come into sight.
    if (this.#added && this.#passed < PASSED) {
      this.#added = false;
      this.#passed++;
      this.#frame = requestAnimationFrame(this.#turn);
      return;
    }
    this.#added = false;
    this.#passed = 0;
    const pieces = [...this.#waiting].slice(0, this.#most);
    for (const piece of pieces) this.#waiting.delete(piece);
    if (this.#waiting.size > 0) this.#frame = requestAnimationFrame(this.#turn);
    if (pieces.length === 0) return;
    this.#begun = performance.now();
    this.#painted.port2.postMessage(null);
    for (const piece of pieces) piece.draw();
  };
}

export const fewAFrame = new FewAFrame();
