import type { InstalledPack, PackFacts, PackSpeed } from "../../src-shared/contract";
import { count } from "../messages/numbers";
import { text } from "../messages/text";

/** What a model consists of: "1,000 classes", "finds objects and faces". */
export function contentsOf({ classes, detectors, scenes, hasTextTower }: PackFacts): string[] {
  return [
    hasTextTower ? text("models.textTower") : "",
    classes > 0 ? text("models.classes", { count: classes }) : "",
    scenes > 0 ? text("models.scenes", { count: scenes }) : "",
    detectors.length > 0 ? text("models.detectors", { names: detectors.join(", ") }) : text("models.noDetectors"),
  ].filter(Boolean);
}

export const speedText = (speed: PackSpeed | null): string =>
  speed ? text("models.speed", { milliseconds: milliseconds(speed.millisecondsPerPhoto) }) : text("models.notMeasured");

const milliseconds = (value: number): string =>
  value >= 10 ? count(Math.round(value)) : String(Number(value.toPrecision(2)));

/** How long the photos take that a model has not analysed, if its speed is known: "That takes about 4 minutes." */
export function aboutHowLong({ speed, photosToAnalyse }: InstalledPack): string {
  if (photosToAnalyse === null || photosToAnalyse === 0) return "";
  if (!speed) return text("models.unknownTime");
  const seconds = (photosToAnalyse * speed.millisecondsPerPhoto) / 1000;
  if (seconds < 60) return text("models.underAMinute");
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? text("models.minutes", { count: minutes })
    : text("models.hours", { hours: Number((minutes / 60).toFixed(1)) });
}
