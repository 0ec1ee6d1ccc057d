export interface Room {
  /** Folder from the root. */
  path: string;
  layer: number;
  holds: string;
  /** The only rooms that it imports. */
  only?: string[];
  /** Native packages that it may load. */
  packages?: string[];
}
export const NATIVE: string[];
export const ROOMS: Room[];
export function allowedIn(room: Room): Room[];
export function layersTable(): string;
