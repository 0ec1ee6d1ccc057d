import type { LabelId, PhotoId } from "./ids";

/** Events: photos of one occasion or trip, found by gaps in time and place. */
export interface EventCalls {
  /** The event of a photo. Every present photo is in one. */
  eventOf(query: { photo: PhotoId }): Promise<PhotoEvent>;
  /**
   * Names the event of a photo: accepts a label of one's own with that name on all the event's photos, in place of the
   * one that named it before. One undo step.
   */
  nameEvent(query: { photo: PhotoId; name: string }): Promise<{ photos: number }>;
  /** Begins an event with this photo. One undo step. */
  cutEvent(query: { photo: PhotoId }): Promise<void>;
  /** Joins the event of a photo with the one before. One undo step. */
  mergeEvents(query: { photo: PhotoId }): Promise<void>;
}

export interface PhotoEvent {
  /** Its first photo, which stands for the event. */
  first: PhotoId;
  /** First and last day, "2024-05-03". */
  from: string;
  to: string;
  /** What names the event; null if it has no name. */
  label: LabelId | null;
  name: string | null;
  /** The town of most of its photos, else their region or country; null if it isn't known. */
  place: string | null;
  photos: number;
}
