import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";

/**
 * Features and logits of photos outside any library, by the SHA-256 of their content, so that later evaluations are
 * quick.
 */
export interface EmbeddingCache {
  get(content: Uint8Array): { feature: Float32Array; logits: Float32Array } | null;
  put(content: Uint8Array, feature: Float32Array, logits: Float32Array): void;
  close(): void;
}

/**
 * One file per visual model in the data folder; safe to delete.
 * @param D length of a feature vector, C of the logits; rows of other lengths are ignored
 */
export function openEmbeddingCache(home: string, visualId: string, D: number, C: number): EmbeddingCache {
  const folder = join(home, "embeddings");
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, `${visualId}.db`));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS embedding (content BLOB PRIMARY KEY, feature BLOB NOT NULL, logits BLOB NOT NULL) WITHOUT ROWID",
  );
  const select = database.prepare<[Uint8Array], { feature: Buffer; logits: Buffer }>(
    "SELECT feature, logits FROM embedding WHERE content = ?",
  );
  const insert = database.prepare("INSERT OR REPLACE INTO embedding VALUES (?, ?, ?)");
  const floats = (bytes: Buffer) => new Float32Array(new Uint8Array(bytes).buffer);
  const bytes = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    get(content) {
      const row = select.get(content);
      return row && row.feature.length === 4 * D && row.logits.length === 4 * C
        ? { feature: floats(row.feature), logits: floats(row.logits) }
        : null;
    },
    put: (content, feature, logits) => void insert.run(content, bytes(feature), bytes(logits)),
    close: () => void database.close(),
  };
}
