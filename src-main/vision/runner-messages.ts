import type { RefusalCode } from "../../src-shared/refusal";
import type { Pixels } from "../base/detections";
import type { Pack } from "./pack";
import type { Provider } from "./providers";

/** Configuration of a runner. */
export interface RunnerConfig {
  pack: Pack;
  /** Null to find the fastest. */
  provider: Provider["name"] | null;
  /** Threads per network, on the CPU. */
  threads: number;
}

export type RunnerTask =
  /** Loads the visual model. @returns its `Backend` */
  | { name: "load" }
  /** @returns `Embedded` */
  | { name: "embed"; photos: Uint8Array[] }
  /** Embeds sentences by the text tower. @returns `[n, D]` */
  | { name: "embed-text"; sentences: readonly string[] }
  /** Loads a detector by its id. */
  | { name: "load-detector"; detector: string }
  /** @returns `Detections` */
  | { name: "detect"; detector: string; photo: Pixels };

export type ToRunner = RunnerConfig | RunnerTask;
/** Answers arrive in the order of the tasks. `fault`: an error in the program rather than the pack. */
export type FromRunner =
  | { ready: true }
  | { value: unknown }
  | { refusal: { code: RefusalCode; message: string } }
  | { fault: string };
