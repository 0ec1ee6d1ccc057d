export type { Detections, Pixels } from "../base/detections";
