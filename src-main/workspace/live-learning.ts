/** Retrains automatically while the user annotates. */
export interface LiveLearning {
  /** Call when verdicts were given or taken back. */
  annotated(verdicts: number): void;
  /** Forgets pending verdicts: nothing starts until there are new ones. */
  stop(): void;
}

/** Retrains after this many verdicts, or fewer if the user pauses for this long. */
export const ANNOTATIONS_PER_FIT = 20;
export const IDLE_PAUSE_MS = 1500;

export interface LearningParts {
  isOn(): boolean;
  /** Called on the first verdict, so that a worker is ready by the time it is needed. */
  ready(): void;
  /**
   * Fits a version and labels photos with it. Resolves when the photos on screen are labelled; the next fit may
   * interrupt the rest.
   * @param enough a full batch of verdicts is waiting, so an earlier run that is still labelling may be interrupted
   * @returns null if retraining isn't possible now
   */
  learn(enough: boolean): Promise<unknown> | null;
}

/**
 * Decides when to retrain: after a batch of verdicts or a pause, one fit at a time. Verdicts given during a fit start
 * the next one.
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
    annotated(n) {
      if (n === 0 || !isOn()) return;
      if (verdicts === 0) ready();
      verdicts += n;
      if (learning) return;
      if (verdicts >= ANNOTATIONS_PER_FIT) begin();
      else wait();
    },
    stop() {
      clearTimeout(pause);
      pause = undefined;
      verdicts = 0;
    },
  };
}
