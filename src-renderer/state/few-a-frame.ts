/**
 * Spreads work over frames: what is asked for is done in order, so much of it a frame that the frame is still drawn in time.
 * @param most work a frame, in the measure of `size`; a single piece that is larger has a frame of its own
 */
export class FewAFrame<T> {
  #waiting = new Set<T>();
  #frame: number | undefined;

  constructor(private readonly most: number, private readonly run: (pieces: T[]) => void, private readonly size: (piece: T) => number = () => 1) {}

  add(piece: T) {
    this.#waiting.add(piece);
    this.#frame ??= requestAnimationFrame(this.#turn);
  }

  /** It is not wanted any more. */
  drop(piece: T) {
    this.#waiting.delete(piece);
  }

  clear() {
    this.#waiting.clear();
  }

  #turn = () => {
    this.#frame = undefined;
    const pieces: T[] = [];
    let sum = 0;
    for (const piece of this.#waiting) {
      sum += this.size(piece);
      if (pieces.length > 0 && sum > this.most) break;
      pieces.push(piece);
      this.#waiting.delete(piece);
    }
    if (this.#waiting.size > 0) this.#frame = requestAnimationFrame(this.#turn);
    if (pieces.length > 0) this.run(pieces);
  };
}
