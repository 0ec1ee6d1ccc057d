import type { Pixels } from "../base/detections";
import type { Pack } from "./pack";
import type { Provider } from "./providers";

/** What a runner is started for. */
export interface RunnerConfig {
  pack: Pack;
  /** Null where the fastest is to be found first. */
  provider: Provider["name"] | null;
  /** Of each network, where the processor runs it. */
  threads: number;
}

export type RunnerTask =
  /** Loads the visual model. @returns its `Backend` */
  | { name: "load" }
  /** @returns `Embedded` */
  | { name: "embed"; photos: Uint8Array[] }
  /** Loads a detector, by its id. */
  | { name: "load-detector"; detector: string }
  /** @returns `Detections` */
  | { name: "detect"; detector: string; photo: Pixels };

export type ToRunner = RunnerConfig | RunnerTask;
/** Answers come in the order of the tasks. `fault`: of the program, not of the pack. */
export type FromRunner =
  { ready: true } | { value: unknown } | { refusal: { code: string; message: string } } | { fault: string };
