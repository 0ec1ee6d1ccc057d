import type { EngineApi } from "../../../src-shared/arguments";
import type { LiveLearning } from "../../workspace/live-learning";
import { libraryEvents } from "../../workspace/photo-events";
import type { Session } from "../../workspace/session";
import { cutEvent, eventOf, mergeEvents, nameEvent } from "./edit-events";

/** Events: photos of one occasion or trip. */
export const eventHandlers = (
  session: Session,
  live: LiveLearning,
): Pick<EngineApi, "eventOf" | "nameEvent" | "cutEvent" | "mergeEvents"> => ({
  eventOf: async ({ photo }) => {
    const { photos, ...event } = eventOf(libraryEvents(session.library()), photo);
    return { ...event, photos: photos.length };
  },
  nameEvent: async ({ photo, name }) => nameEvent(session, live, photo, name),
  cutEvent: async ({ photo }) => cutEvent(session, photo),
  mergeEvents: async ({ photo }) => mergeEvents(session, photo),
});
