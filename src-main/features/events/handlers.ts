import type { EngineApi } from "../../../src-shared/arguments";
import { countryName } from "../../places/countries";
import { commonPlace } from "../../store/places";
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
    const place = commonPlace(session.library().store, photos);
    const { town, region, country } = place ?? {};
    return { ...event, photos: photos.length, place: town ?? region ?? (country ? countryName(country) : null) };
  },
  nameEvent: async ({ photo, name }) => nameEvent(session, live, photo, name),
  cutEvent: async ({ photo }) => cutEvent(session, photo),
  mergeEvents: async ({ photo }) => mergeEvents(session, photo),
});
