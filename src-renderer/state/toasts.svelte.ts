export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "failure";
  action: { text: string; run: () => void } | null;
}

const STAY = 6000; // milliseconds: long enough to read and to reach for "Undo"
const STAY_FAILURE = 12000;
const AT_ONCE = 3;

/** Short messages that come and go at the bottom of the window. */
export class Toasts {
  shown = $state.raw<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string, action: Toast["action"] = null) {
    // Verdicts come fast: the newest plain message takes the place of the one before.
    for (const toast of this.shown) if (toast.tone === "plain") this.dismiss(toast.id);
    this.#show({ id: this.#next++, text, tone: "plain", action }, STAY);
  }

  fail(text: string) {
    if (this.shown.some((toast) => toast.text === text)) return;
    this.#show({ id: this.#next++, text, tone: "failure", action: null }, STAY_FAILURE);
  }

  dismiss(id: number) {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** Keeps a message while a pointer or the focus is on it. */
  hold(id: number) {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number) {
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), STAY),
    );
  }

  #show(toast: Toast, stay: number) {
    this.shown = [...this.shown, toast].slice(-AT_ONCE);
    this.#timers.set(
      toast.id,
      setTimeout(() => this.dismiss(toast.id), stay),
    );
  }
}
