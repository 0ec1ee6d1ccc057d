/** Learns by itself while a person corrects. */
export interface LiveLearning {
  /** Verdicts were given or taken back. */
  judged(verdicts: number): void;
  /** Nothing is begun any more until there are further verdicts. */
  rest(): void;
}

/** So many verdicts are learned from at once; fewer, once a person has paused for so long. */
export const ANNOTATIONS_PER_FIT = 20;
export const IDLE_PAUSE_MS = 1500;

export interface LearningParts {
  isOn(): boolean;
  /** Told of the first verdict, so that what takes time to start is there when it is needed. */
  ready(): void;
  /**
   * Fits, and labels anew. Resolves when the photos on screen have their new labels: the others follow, and may be
   * overtaken.
   * @param enough there are as many verdicts as are learned from at once: photos that still wait for labels of the fit
   *   before go on waiting
   * @returns null where it can't be now
   */
  learn(enough: boolean): Promise<unknown> | null;
}

/**
 * When to learn: after a batch of verdicts or a pause, one fit at a time; what is judged during a fit begins the next
 * one.
 */
export function createLiveLearning({ isOn, ready, learn }: LearningParts): LiveLearning {
  let verdicts = 0;
  let pause: NodeJS.Timeout | undefined;
  let learning = false;

  const wait = () => {
    clearTimeout(pause);
    pause = setTimeout(begin, IDLE_PAUSE_MS).unref();
  };
  const begin = () => {
    clearTimeout(pause);
    pause = undefined;
    if (learning || verdicts === 0 || !isOn()) return;
    const work = learn(verdicts >= ANNOTATIONS_PER_FIT);
    if (!work) return wait();
    verdicts = 0;
    learning = true;
    void work.finally(() => {
      learning = false;
      if (verdicts >= ANNOTATIONS_PER_FIT) begin();
      else if (verdicts > 0) wait();
    });
  };

  return {
    judged(n) {
      if (n === 0 || !isOn()) return;
      if (verdicts === 0) ready();
      verdicts += n;
      if (learning) return;
      if (verdicts >= ANNOTATIONS_PER_FIT) begin();
      else wait();
    },
    rest() {
      clearTimeout(pause);
      pause = undefined;
      verdicts = 0;
    },
  };
}
