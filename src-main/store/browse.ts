import type { BrowseResult, LabelId, PhotoGroup, PhotoId, View } from "../../src-shared/contract";
import { prepared, type Store } from "./database";
import { folderOf } from "./identity";
import { HAS_LABEL_SQL } from "./predictions";
import { type Condition, conditionSql } from "./query-condition";

/** Photos that a search found, best first, each with a relevance of 0..1. */
export interface Hits {
  photos: ArrayLike<PhotoId>;
  scores: ArrayLike<number>;
}

type ViewOrder = Omit<View, "words">;
/** What limits a view apart from its query. */
type ViewFilter = Pick<View, "folder" | "label" | "state">;
export type ViewPhotos = Pick<BrowseResult, "photos" | "groups" | "days" | "scores">;
/** Groups that the library's tables don't know: events. */
export interface PhotoGroups {
  /** The place of the photo's group among all groups, by time. */
  indexOf(photo: PhotoId): number;
  group(index: number): Omit<PhotoGroup, "count">;
}

/** One photo of a view. `by` is its sort key, `group` the key of its group. */
interface ViewRow {
  photo: PhotoId;
  by: string | number;
  group: string;
  score: number;
}

/** Up to this many hits, looking up each one is faster than going through all photos. */
const MAX_INDIVIDUAL_LOOKUPS = 20_000;
/** Keys of events are sorted as text. */
const EVENT_DIGITS = 8;
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * The present photos of a view, in order, group by group.
 *
 * `folder` includes its subfolders. `relevance` is always best first: the order of the hits, or the label's score
 * (accepted before predicted). Without hits or label it falls back to `taken`. Date groups are months, latest first
 * unless the view is sorted by date ascending; folder groups are sorted by path.
 * @param hits limits the view to these photos
 * @param condition limits the view to photos that meet it
 * @param events    needed if the view is grouped by event; sorted like months
 */
export function queryView(
  store: Store,
  view: ViewOrder,
  { hits, condition, events }: { hits?: Hits; condition?: Condition; events?: PhotoGroups } = {},
): ViewPhotos {
  const byRelevance = view.sort === "relevance" && (hits !== undefined || view.label !== undefined);
  const sort = view.sort === "relevance" && !byRelevance ? "taken" : view.sort;
  const rows = select(store, view, sort, hits, condition);
  const sorted = hits ? among(rows, hits) : rows;
  if (view.group === "event")
    for (const row of sorted) row.group = String(events?.indexOf(row.photo) ?? 0).padStart(EVENT_DIGITS, "0");

  if (!(byRelevance && hits)) {
    const up = sort === "relevance" ? -1 : view.descending ? -1 : 1;
    sorted.sort((a, b) => up * (a.by < b.by ? -1 : a.by > b.by ? 1 : 0) || a.photo - b.photo);
  }
  const newestFirst = sort !== "taken" || view.descending;
  const groups = view.group === "none" ? [sorted] : grouped(sorted, view.group !== "folder" && newestFirst);
  const ordered = groups.flat();
  return {
    photos: ordered.map(({ photo }) => photo),
    groups:
      view.group === "none"
        ? []
        : groups.map((photos) => {
            const key = photos[0]!.group;
            const group = view.group === "event" ? events?.group(Number(key)) : undefined;
            return { ...(group ?? { title: titleOf(store, view.group, key) }), count: photos.length };
          }),
    days: sort === "taken" && view.group !== "folder" ? countDays(ordered) : null,
    scores: hits ? ordered.map(({ score }) => score) : null,
  };
}

/** The present photos that meet a filter and a condition, in no particular order. */
export function photosWhere(store: Store, place: ViewFilter, condition: Condition): PhotoId[] {
  const { sql, values } = conditionsOf(store, place, condition);
  // Not `prepared`: every query is different, so its statement would never be used again.
  return store.db
    .prepare(`SELECT p.id FROM photo p WHERE ${sql}`)
    .pluck()
    .all(...values) as PhotoId[];
}

export function countWhere(store: Store, place: ViewFilter, condition: Condition): number {
  const { sql, values } = conditionsOf(store, place, condition);
  return store.db
    .prepare(`SELECT count(*) FROM photo p WHERE ${sql}`)
    .pluck()
    .get(...values) as number;
}

/** How many present photos have at least one verdict. */
export function countReviewed(store: Store): number {
  return prepared<{ n: number }>(
    store,
    "SELECT count(*) AS n FROM (SELECT DISTINCT photo FROM standing) s CROSS JOIN photo p ON p.id = s.photo WHERE p.files > 0",
  ).get()!.n;
}

/** The months in which the present photos were taken, latest first: "2024-05". */
export function countMonths(store: Store): { month: string; photos: number }[] {
  return prepared<{ month: string; photos: number }>(
    store,
    `
    SELECT substr(dated, 1, 7) AS month, count(*) AS photos FROM photo WHERE files > 0 GROUP BY 1 ORDER BY 1 DESC`,
  ).all();
}

/** Days in a row, each with its number of photos. */
function countDays(rows: readonly ViewRow[]): { day: string; photos: number }[] {
  const days: { day: string; photos: number }[] = [];
  for (const { by } of rows) {
    const day = (by as string).slice(0, 10);
    const last = days.at(-1);
    if (last?.day === day) last.photos++;
    else days.push({ day, photos: 1 });
  }
  return days;
}

function conditionsOf(
  store: Store,
  { folder, label: id, state }: ViewFilter,
  condition?: Condition,
): { sql: string; values: unknown[] } {
  const conditions = ["p.files > 0"];
  const values: unknown[] = [];
  if (folder !== undefined) {
    conditions.push(
      "p.id IN (SELECT photo FROM file WHERE (? = '' OR folder = ? OR substr(folder, 1, length(?) + 1) = ? || '/') AND missing = 0)",
    );
    values.push(folder, folder, folder, folder);
  }
  if (id !== undefined) {
    const label = numberOf(store, id);
    conditions.push(`p.id IN (
      SELECT photo FROM standing WHERE label = ? AND verdict = 'accept' UNION ALL
      SELECT q.photo FROM shown q WHERE q.label = ?
        AND NOT EXISTS (SELECT 1 FROM standing j WHERE j.photo = q.photo AND j.label = q.label))`);
    values.push(label, label);
  }
  if (state === "reviewed") conditions.push("EXISTS (SELECT 1 FROM standing s WHERE s.photo = p.id)");
  if (state === "unreviewed") conditions.push("NOT EXISTS (SELECT 1 FROM standing s WHERE s.photo = p.id)");
  if (state === "unlabelled") conditions.push(`NOT ${HAS_LABEL_SQL}`);
  if (condition) {
    const translated = conditionSql(store, condition);
    conditions.push(translated.sql);
    values.push(...translated.values);
  }
  return { sql: conditions.join(" AND "), values };
}

const numberOf = (store: Store, label: LabelId): number => store.labels.numbers.get(label) ?? -1;

function select(store: Store, view: ViewOrder, sort: View["sort"], hits?: Hits, condition?: Condition): ViewRow[] {
  const conditions = conditionsOf(store, view, condition);
  const values: unknown[] = [...conditions.values];
  let where = conditions.sql;
  if (hits && hits.photos.length <= MAX_INDIVIDUAL_LOOKUPS) {
    where += " AND p.id IN (SELECT value FROM json_each(?))";
    values.push(JSON.stringify(Array.from(hits.photos)));
  }
  const needsPath = sort === "name" || view.group === "folder";
  const byScore = sort === "relevance" && view.label !== undefined;
  if (byScore) values.unshift(numberOf(store, view.label!), numberOf(store, view.label!));
  const by =
    sort === "added"
      ? "p.added_at"
      : sort === "rating"
        ? "p.stars * 1e8 + julianday(p.dated)" // days, fewer than 1e8
        : byScore
          ? `coalesce((SELECT 2.0 FROM standing s WHERE s.photo = p.id AND s.label = ? AND s.verdict = 'accept'),
        (SELECT q.score FROM shown q WHERE q.photo = p.id AND q.label = ?))`
          : "p.dated";
  const path = needsPath
    ? "(SELECT min(f.path) FROM file f WHERE f.photo = p.id AND f.missing = 0 AND f.companion = 0)"
    : "''";
  const sql = `SELECT p.id, ${by}, p.dated, ${path} FROM photo p WHERE ${where}`;
  const statement = condition ? store.db.prepare(sql) : prepared(store, sql);
  const rows = statement.raw().all(...values) as [number, string | number, string, string][];
  return rows.map(([photo, by, dated, path]) => ({
    photo,
    score: 0,
    by: sort === "name" ? naturalKey(path) : by,
    group: view.group === "date" ? dated.slice(0, 7) : view.group === "folder" ? folderOf(path) : "",
  }));
}

function among(rows: readonly ViewRow[], { photos, scores }: Hits): ViewRow[] {
  const known = new Map(rows.map((row) => [row.photo, row]));
  const found: ViewRow[] = [];
  for (let i = 0; i < photos.length; i++) {
    const row = known.get(photos[i]!);
    if (row) found.push({ ...row, score: scores[i]! });
  }
  return found;
}

/** Splits the rows by group, keeping their order within each group. */
function grouped(rows: readonly ViewRow[], descending: boolean): ViewRow[][] {
  const groups = new Map<string, ViewRow[]>();
  for (const photo of rows) {
    const group = groups.get(photo.group);
    if (group) group.push(photo);
    else groups.set(photo.group, [photo]);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, photos]) => photos);
  return descending ? sorted.reverse() : sorted;
}

function titleOf(store: Store, group: View["group"], key: string): string {
  if (group === "folder") return key === "" ? store.name : key;
  return `${MONTHS[Number(key.slice(5, 7)) - 1] ?? ""} ${key.slice(0, 4)}`.trim();
}

/** Sort key that puts IMG_9 before IMG_10; the whole path breaks ties. */
function naturalKey(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return `${name.replace(/\d+/g, (digits) => digits.padStart(12, "0"))}\u0000${path}`;
}
