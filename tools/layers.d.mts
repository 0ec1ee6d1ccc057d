export interface Room {
  /** Folder, relative to the repository. */
  path: string;
  layer: number;
  holds: string;
  /** The only rooms it may import. */
  only?: string[];
  /** Native packages it may load. */
  packages?: string[];
}
export const NATIVE: string[];
export const ROOMS: Room[];
export function allowedIn(room: Room): Room[];
export function layersTable(): string;
