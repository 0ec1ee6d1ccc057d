/** Runs work at most once per pause. */
export interface Throttle {
  /** Runs it now and starts the pause. */
  run(): void;
  /** Runs it now, or when the pause is over. */
  soon(): void;
  /** Runs it when a whole pause is over, or earlier if that is scheduled already. */
  later(): void;
  /** Forgets what is scheduled. */
  cancel(): void;
}

/** @param pauseMs milliseconds between two runs; a scheduled run does not keep the process alive */
export function throttle(work: () => void, pauseMs: number): Throttle {
  let ranAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const run = () => {
    cancel();
    ranAt = performance.now();
    work();
  };
  const after = (ms: number) => {
    timer ??= setTimeout(run, ms).unref();
  };
  return {
    run,
    soon() {
      const left = ranAt + pauseMs - performance.now();
      if (left <= 0) run();
      else after(left);
    },
    later: () => after(pauseMs),
    cancel,
  };
}
