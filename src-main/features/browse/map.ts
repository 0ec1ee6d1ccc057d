import type { EngineApi } from "../../../src-shared/arguments";
import type { Session } from "../../workspace/session";
import { makePhotoMap, photoMap } from "./photo-map";

/** The library as a map, and the work that makes it. */
export const mapAnswers = ({ bench, start }: Session): Pick<EngineApi, "photoMap" | "makePhotoMap"> => ({
  photoMap: () => photoMap(bench()),
  makePhotoMap: async () => ({ job: start("map", "the map is being made already", makePhotoMap) }),
});
