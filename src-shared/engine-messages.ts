import type { EventName, Events, PhotoId, Reply } from "./contract";
import type { PictureSize } from "./picture-size";

/** Messages between the host and its engine process. */
export type ToEngine = { id: number } & Question;
export type Question =
  | { call: unknown }
  | { picture: { photo: PhotoId; size: PictureSize } }
  | { pathOf: PhotoId | "export" };
export type FromEngine =
  | { ready: true }
  | { failed: string }
  | { id: number; reply: Reply<unknown> }
  | { event: EventName; payload: Events[EventName] };

export type Emit = <E extends EventName>(event: E, payload: Events[E]) => void;
/** A picture, upright and in sRGB. `type` is a media type; `version` changes with the picture. */
export interface Picture {
  bytes: Uint8Array;
  type: string;
  version: string;
}

/** An event that is missing here does not compile. */
export const EVENT_NAMES = Object.keys({
  job: true,
  library: true,
  photos: true,
  loss: true,
  learned: true,
  disk: true,
  damaged: true,
} satisfies Record<EventName, true>) as EventName[];
