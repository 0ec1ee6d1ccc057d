import type { PhotoId } from "../../src-shared/contract";
import type { Pixels } from "../base/detections";

/** A photo that detectors have yet to look at, as it was decoded. */
export interface DecodedForDetectors {
  photo: PhotoId;
  /** Of the picture, as `photosToEmbed` gave it. */
  version: string;
  pixels: Pixels;
}

/** A queue of photos whose pixels are kept in memory, of bounded size. */
export interface PixelQueue {
  put(photos: DecodedForDetectors[]): void;
  /** The first of them, in the order they were put in. */
  take(most: number): DecodedForDetectors[];
  has(photo: PhotoId): boolean;
  readonly isEmpty: boolean;
  /** They take all the room there is; a batch may go beyond it. */
  readonly isFull: boolean;
  /** They take less than three quarters of it. */
  readonly hasRoom: boolean;
  clear(): void;
}

/** @param room in bytes */
export function createPixelQueue(room: number): PixelQueue {
  let [kept, bytes]: [DecodedForDetectors[], number] = [[], 0];
  const sizeOf = (photos: DecodedForDetectors[]) => photos.reduce((sum, { pixels }) => sum + pixels.data.length, 0);
  return {
    put(photos) {
      // Copied: what a decoder sent lies in one piece of memory with the thumbnail and the visual model's pixels.
      kept.push(
        ...photos.map((photo) => ({ ...photo, pixels: { ...photo.pixels, data: new Uint8Array(photo.pixels.data) } })),
      );
      bytes += sizeOf(photos);
    },
    take(most) {
      const taken = kept.splice(0, most);
      bytes -= sizeOf(taken);
      return taken;
    },
    has: (photo) => kept.some((each) => each.photo === photo),
    get isEmpty() {
      return kept.length === 0;
    },
    get isFull() {
      return bytes >= room;
    },
    get hasRoom() {
      return bytes < 0.75 * room;
    },
    clear() {
      [kept, bytes] = [[], 0];
    },
  };
}
