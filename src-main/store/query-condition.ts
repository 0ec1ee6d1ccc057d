import type { LabelId, Part, PhotoId } from "../../src-shared/contract";
import type { Flag } from "../../src-shared/photo-marks";
import type { Circle, State } from "../../src-shared/query/fields";
import type { Store } from "./database";
import { IS_LIVE_SQL } from "./photos";
import type { PlaceColumn } from "./places";
import { HAS_LABEL_SQL } from "./predictions";

/** Numbers or texts from `least` to `most`. Null for no limit; `minOpen` and `maxOpen` exclude the limit itself. */
export interface Interval<T> {
  least: T | null;
  minOpen: boolean;
  most: T | null;
  maxOpen: boolean;
}

export type NumberColumn = "width" | "height" | "megapixels" | "bytes" | "added" | "rating";
/** What detectors counted in a photo. */
export type PeopleColumn = "people" | "faces";

/** A condition that a photo meets or doesn't. */
export type Condition =
  /** An empty `all` holds for every photo, an empty `any` for none. */
  | { is: "all" | "any"; parts: Condition[] }
  | { is: "not"; part: Condition }
  /**
   * It carries one of the labels (null: any label). `shown` covers accepted labels, with confidence 1, and predicted
   * ones without a verdict. The label's confidence must lie in each of the intervals.
   */
  | {
      is: "carries";
      labels: readonly LabelId[] | null;
      as: "shown" | "accepted" | "rejected";
      confidence: readonly Interval<number>[];
    }
  /** Taken, or last modified if the camera wrote no time, in this interval of local time (ISO 8601). */
  | { is: "dated"; within: Interval<string> }
  | { is: "number"; column: NumberColumn; within: Interval<number> }
  /** Detectors have seen it and counted a number in this interval. */
  | { is: "people"; column: PeopleColumn; within: Interval<number> }
  /** One of its files is in one of these folders. */
  | { is: "in"; folders: readonly string[] }
  /** One of its files has a name that matches an SQL LIKE pattern, with `\` as the escape character. */
  | { is: "named"; like: string }
  | { is: "text"; column: "camera" | "lens" | "format"; among: readonly string[] }
  /** Its file has one of these keywords, as they are stored. */
  | { is: "keyword"; among: readonly string[] }
  /** It was taken in one of these towns, regions or countries. */
  | { is: "placed"; column: PlaceColumn; among: readonly string[] }
  /** It has a location, and that is within the circle if one is given. */
  | { is: "located"; within: Circle | null }
  | { is: "state"; state: State }
  /** Its flag. */
  | { is: "flagged"; flag: Flag }
  /** Its colour label is one of these, in any case. */
  | { is: "coloured"; among: readonly string[] }
  /** It is in this part of the split (null: in none). */
  | { is: "part"; part: Part | null }
  | { is: "photo"; among: readonly PhotoId[] };

/** SQL for a condition on photo `p`, and the values of its parameters. */
export interface ConditionSql {
  sql: string;
  values: unknown[];
}

const EARTH_KM = 6371;
const KM_A_DEGREE = (EARTH_KM * Math.PI) / 180;
const PREDICTED = "shown";
const IN_LIST_SQL = "IN (SELECT value FROM json_each(?))";

const COLUMNS: Record<NumberColumn, string> = {
  width: "p.width",
  height: "p.height",
  megapixels: "p.width * p.height / 1e6",
  bytes: "p.bytes",
  added: "p.added_at",
  rating: "p.stars",
};
/** A photo that was never decoded has no size in pixels. */
const OF_PIXELS: ReadonlySet<NumberColumn> = new Set(["width", "height", "megapixels"]);

const TEXTS = { camera: "camera", lens: "lens", format: "format" } as const;

const CURRENT_SPLIT = "(SELECT id FROM split WHERE current = 1)";
const ANNOTATED_SQL = (verdict: string) => `EXISTS (SELECT 1 FROM standing s WHERE s.photo = p.id${verdict})`;
const STATE_SQL: Record<State, string> = {
  accepted: ANNOTATED_SQL(" AND s.verdict = 'accept'"),
  rejected: ANNOTATED_SQL(" AND s.verdict = 'reject'"),
  reviewed: ANNOTATED_SQL(""),
  unreviewed: `NOT ${ANNOTATED_SQL("")}`,
  labelled: HAS_LABEL_SQL,
  unlabelled: `NOT ${HAS_LABEL_SQL}`,
  duplicate: "p.files > 1 OR EXISTS (SELECT 1 FROM cache.duplicate d WHERE d.photo = p.id AND d.kind = 'duplicate')",
  live: IS_LIVE_SQL,
  raw: "EXISTS (SELECT 1 FROM file f WHERE f.photo = p.id AND f.missing = 0 AND f.kind = 'raw')",
  failed: "p.error_code IS NOT NULL",
  picked: "p.flag = 'pick'",
  unflagged: "p.flag = 'none'",
};

/** Translates a condition to SQL. User input goes into the values, never into the text. */
export function conditionSql(store: Store, condition: Condition): ConditionSql {
  const values: unknown[] = [];
  const sql = write(condition);
  return { sql, values };

  function write(part: Condition): string {
    switch (part.is) {
      case "all":
        return part.parts.length === 0 ? "1" : `(${part.parts.map(write).join(" AND ")})`;
      case "any":
        return part.parts.length === 0 ? "0" : `(${part.parts.map(write).join(" OR ")})`;
      case "not":
        return `NOT ${write(part.part)}`;
      case "carries":
        return carries(part);
      case "dated":
        return `(${within("p.dated", part.within)})`;
      case "number":
        return `(${OF_PIXELS.has(part.column) ? "p.width > 0 AND " : ""}${within(COLUMNS[part.column], part.within)})`;
      case "people":
        return (
          `p.id IN (SELECT n.photo FROM cache.people n WHERE n.${part.column} IS NOT NULL AND ` +
          `${within(`n.${part.column}`, part.within)})`
        );
      case "in":
        return list(part.folders, `p.id IN (SELECT photo FROM file WHERE folder ${IN_LIST_SQL} AND missing = 0)`);
      case "named": {
        values.push(part.like);
        return `EXISTS (SELECT 1 FROM file f WHERE f.photo = p.id AND f.missing = 0 AND
          substr(f.path, iif(f.folder = '', 1, length(f.folder) + 2)) LIKE ? ESCAPE '\\')`;
      }
      case "text":
        return list(part.among, `coalesce(p.${TEXTS[part.column]}, '') ${IN_LIST_SQL}`);
      case "keyword":
        return list(part.among, `p.id IN (SELECT photo FROM photo_keyword WHERE keyword ${IN_LIST_SQL})`);
      case "placed":
        return list(part.among, `p.id IN (SELECT photo FROM place WHERE ${part.column} ${IN_LIST_SQL})`);
      case "located":
        return part.within === null ? "p.latitude IS NOT NULL" : near(part.within);
      case "state":
        return `(${STATE_SQL[part.state]})`;
      case "flagged":
        values.push(part.flag);
        return "p.flag = ?";
      case "coloured":
        // most photos have none, and needn't be looked up
        return part.among.includes("")
          ? list(part.among, `lower(p.colour) ${IN_LIST_SQL}`)
          : list(part.among, `(p.colour > '' AND lower(p.colour) ${IN_LIST_SQL})`);
      case "part": {
        if (part.part === null)
          return `NOT EXISTS (SELECT 1 FROM split_part s WHERE s.split = ${CURRENT_SPLIT} AND s.photo = p.id)`;
        values.push(part.part);
        return `p.id IN (SELECT photo FROM split_part WHERE split = ${CURRENT_SPLIT} AND part = ?)`;
      }
      case "photo":
        return list(part.among, `p.id ${IN_LIST_SQL}`);
    }
  }

  function list(texts: readonly unknown[], sql: string): string {
    values.push(JSON.stringify(texts));
    return sql;
  }

  /** Great-circle distance (haversine). The band of latitudes comes first, because it can use an index. */
  function near({ latitude, longitude, kilometres }: Circle): string {
    const degrees = kilometres / KM_A_DEGREE;
    values.push(latitude - degrees, latitude + degrees, latitude, latitude, longitude, kilometres / (2 * EARTH_KM));
    return `(p.latitude IS NOT NULL AND p.latitude BETWEEN ? AND ? AND asin(min(1, sqrt(pow(sin(radians(p.latitude - ?) / 2), 2) +
      cos(radians(p.latitude)) * cos(radians(?)) * pow(sin(radians(p.longitude - ?) / 2), 2)))) <= ?)`;
  }

  /** `a <= ? AND a < ?`, or 1 for no limits. */
  function within(column: string, { least, minOpen, most, maxOpen }: Interval<number | string>): string {
    const ends: string[] = [];
    if (least !== null) {
      ends.push(`${column} ${minOpen ? ">" : ">="} ?`);
      values.push(least);
    }
    if (most !== null) {
      ends.push(`${column} ${maxOpen ? "<" : "<="} ?`);
      values.push(most);
    }
    return ends.join(" AND ") || "1";
  }

  function carries({ labels, as, confidence }: Extract<Condition, { is: "carries" }>): string {
    const numbers = labels?.map((label) => store.labels.numbers.get(label)).filter((number) => number !== undefined);
    const oneOf = (column: string) => (numbers ? list(numbers, ` AND ${column} ${IN_LIST_SQL}`) : "");
    if (as === "rejected") return `p.id IN (SELECT photo FROM standing WHERE verdict = 'reject'${oneOf("label")})`;
    // An accepted label has confidence 1, so whether that is in the intervals is known before the query runs.
    const certain = confidence.every((interval) => includes(interval, 1));
    const accepted = certain
      ? `SELECT photo FROM standing WHERE verdict = 'accept'${oneOf("label")}`
      : "SELECT NULL WHERE 0";
    if (as === "accepted") return `p.id IN (${accepted})`;
    const withinScores = confidence.map((interval) => ` AND ${within("q.score", interval)}`).join("");
    return `p.id IN (${accepted} UNION ALL SELECT q.photo FROM ${PREDICTED} q WHERE 1${withinScores}${oneOf("q.label")}
      AND NOT EXISTS (SELECT 1 FROM standing j WHERE j.photo = q.photo AND j.label = q.label))`;
  }
}

export function includes<T extends number | string>({ least, minOpen, most, maxOpen }: Interval<T>, value: T): boolean {
  if (least !== null && (minOpen ? value <= least : value < least)) return false;
  return most === null || (maxOpen ? value < most : value <= most);
}
