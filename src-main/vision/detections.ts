export type { Detections, Pixels } from "../detections";
