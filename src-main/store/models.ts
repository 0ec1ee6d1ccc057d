import type { ModelId, ModelInfo } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { inTransaction, prepared, type Store } from "./database";
import { lastVerdictEvent } from "./verdicts";

/** A fitted projection, with what it was fitted for and to. */
export interface Model extends ModelInfo {
  visualId: string;
  wordsId: string;
  /** `[E, D]`, row-major */
  projection: Float32Array;
  E: number;
  D: number;
  settings: Record<string, unknown>;
}

export interface NewModel {
  kind: ModelInfo["kind"];
  visualId: string;
  wordsId: string;
  /** `[E, D]`, row-major */
  projection: Float32Array;
  E: number;
  D: number;
  /** Every hyperparameter of the fit, and anything else needed to use the model. Plain JSON. */
  settings: Record<string, unknown>;
  /** Number of verdicts that it was fitted to. */
  verdicts: number;
  /**
   * `lastVerdictEvent` at the time its verdicts were read, so that verdicts given during the fit count as new. Default:
   * now.
   */
  lastEvent?: number;
  loss: ModelInfo["loss"];
  seconds: number;
  /** Made by live learning: it replaces the previous live version, and the next one replaces it. */
  live?: boolean;
}

interface Row {
  id: number;
  created_at: number;
  kind: ModelInfo["kind"];
  verdicts: number;
  current: number;
  seconds: number;
  loss_before: number | null;
  loss_after: number | null;
  live: number;
  scores: string | null;
}
interface FullRow extends Row {
  visual_id: string;
  words_id: string;
  projection: Buffer;
  projection_rows: number;
  projection_columns: number;
  settings: string;
}
const INFO = "id, created_at, kind, verdicts, current, seconds, loss_before, loss_after, live, scores";

/** Stores a model and makes it current. A live model replaces the previous live one. */
export function addModel(store: Store, model: NewModel): ModelId {
  const { projection, E, D } = model;
  if (projection.length !== E * D)
    throw new RangeError(`projection of ${projection.length} numbers is not ${E} × ${D}`);
  return inTransaction(store, () => {
    if (model.live)
      prepared(store, "DELETE FROM model WHERE live = 1 AND visual_id = ? AND words_id = ?").run(
        model.visualId,
        model.wordsId,
      );
    const { lastInsertRowid } = prepared(
      store,
      `
      INSERT INTO model (created_at, kind, visual_id, words_id, projection, projection_rows, projection_columns, settings,
        verdicts, last_event, loss_before, loss_after, seconds, live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      Date.now(),
      model.kind,
      model.visualId,
      model.wordsId,
      new Uint8Array(projection.buffer, projection.byteOffset, projection.byteLength),
      E,
      D,
      JSON.stringify(model.settings),
      model.verdicts,
      model.lastEvent ?? lastVerdictEvent(store),
      model.loss?.before ?? null,
      model.loss?.after ?? null,
      model.seconds,
      model.live ? 1 : 0,
    );
    useModel(store, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  });
}

/** All models, latest first. */
export function listModels(store: Store): ModelInfo[] {
  return prepared<Row>(store, `SELECT ${INFO} FROM model ORDER BY id DESC`).all().map(info);
}

/**
 * The current model if it is for this visual model and vocabulary, otherwise the latest one that is; null if there is
 * none.
 */
export function latestModel(store: Store, visualId: string, wordsId: string): Model | null {
  const row = prepared<FullRow>(
    store,
    "SELECT * FROM model WHERE visual_id = ? AND words_id = ? ORDER BY current DESC, id DESC",
  ).get(visualId, wordsId);
  return row ? full(row) : null;
}

/** The current model, whatever it was fitted for; null if the library has never been labelled. */
export function currentModel(store: Store): Model | null {
  const row = prepared<FullRow>(store, "SELECT * FROM model WHERE current = 1").get();
  return row ? full(row) : null;
}

/** The current model without its projection. */
export function currentModelInfo(store: Store): ModelInfo | null {
  const row = prepared<Row>(store, `SELECT ${INFO} FROM model WHERE current = 1`).get();
  return row ? info(row) : null;
}

/** @throws Refusal `no-model` */
export function modelOf(store: Store, model: ModelId): Model {
  const row = prepared<FullRow>(store, "SELECT * FROM model WHERE id = ?").get(model);
  if (!row) throw new Refusal("no-model", `There is no model ${model}.`);
  return full(row);
}

/** @throws Refusal `no-model` */
export function useModel(store: Store, model: ModelId): void {
  inTransaction(store, () => {
    prepared(store, "UPDATE model SET current = 0 WHERE current = 1").run();
    if (prepared(store, "UPDATE model SET current = 1 WHERE id = ?").run(model).changes === 0)
      throw new Refusal("no-model", `There is no model ${model}.`);
  });
}

/**
 * Turns a live model into a permanent version.
 * @throws Refusal `no-model`
 */
export function keepModel(store: Store, model: ModelId): void {
  if (prepared(store, "UPDATE model SET live = 0 WHERE id = ?").run(model).changes === 0)
    throw new Refusal("no-model", `There is no model ${model}.`);
}

/** Stores a model's scores on held-out verdicts. */
export function scoreModel(store: Store, model: ModelId, scores: ModelInfo["scores"]): void {
  prepared(store, "UPDATE model SET scores = ? WHERE id = ?").run(scores && JSON.stringify(scores), model);
}

/**
 * Whether the current model is the latest for its visual model and vocabulary, rather than an earlier version that
 * someone went back to.
 */
export function isLatest(store: Store): boolean {
  return (
    prepared(
      store,
      `
    SELECT 1 FROM model m WHERE m.current = 1 AND NOT EXISTS
      (SELECT 1 FROM model later WHERE later.id > m.id AND later.visual_id = m.visual_id AND later.words_id = m.words_id)`,
    ).get() !== undefined
  );
}

/** Whether verdicts were given or taken back since the current model was fitted. */
export function needsFit(store: Store): boolean {
  const row = prepared<{ last_event: number }>(store, "SELECT last_event FROM model WHERE current = 1").get();
  return row !== undefined && lastVerdictEvent(store) > row.last_event;
}

/**
 * Deletes the live version for a visual model and a vocabulary, and makes the first model for them current.
 * @returns the id of that model
 */
export function deleteLiveModels(store: Store, visualId: string, wordsId: string): ModelId {
  const first = prepared<{ id: number }>(
    store,
    "SELECT min(id) AS id FROM model WHERE visual_id = ? AND words_id = ?",
  ).get(visualId, wordsId)!.id;
  inTransaction(store, () => {
    useModel(store, first);
    prepared(store, "DELETE FROM model WHERE live = 1 AND visual_id = ? AND words_id = ?").run(visualId, wordsId);
  });
  return first;
}

/** The number of verdicts given since the current model was fitted. */
export function countNewVerdicts(store: Store): number {
  return prepared<{ n: number }>(
    store,
    `
    SELECT count(*) AS n FROM standing WHERE event > coalesce((SELECT last_event FROM model WHERE current = 1), 0)`,
  ).get()!.n;
}

function info(row: Row): ModelInfo {
  return {
    model: row.id,
    current: row.current === 1,
    createdAt: new Date(row.created_at).toISOString(),
    kind: row.kind,
    verdicts: row.verdicts,
    loss:
      row.loss_before === null || row.loss_after === null ? null : { before: row.loss_before, after: row.loss_after },
    seconds: row.seconds,
    live: row.live === 1,
    scores: row.scores === null ? null : (JSON.parse(row.scores) as ModelInfo["scores"]),
  };
}

function full(row: FullRow): Model {
  const projection = new Float32Array(row.projection_rows * row.projection_columns);
  new Uint8Array(projection.buffer).set(row.projection);
  return {
    ...info(row),
    visualId: row.visual_id,
    wordsId: row.words_id,
    projection,
    E: row.projection_rows,
    D: row.projection_columns,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
  };
}
