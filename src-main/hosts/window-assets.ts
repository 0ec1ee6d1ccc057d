import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";

/** The address of the window's page. */
export const INDEX_PATH = "/";

export interface Asset {
  file: string;
  bytes: number;
  type: string;
  caching: string;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * The files of the built window by their address; empty if it is not built. Only listed files are served, so no address
 * can lead out of the folder.
 */
export async function listAssets(folder: string): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const page = path === "/index.html";
    // The bundler puts a content hash into these names.
    const hashed = /^\/assets\/.+-[\w-]{8,}\.\w+$/.test(path);
    const caching = page ? "no-store" : hashed ? "public, max-age=31536000, immutable" : "no-cache";
    assets.set(page ? INDEX_PATH : path, { file, bytes: (await stat(file)).size, type, caching });
  }
  return assets;
}

export function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  { file, bytes, type, caching }: Asset,
): void {
  response.writeHead(200, { "content-type": type, "content-length": bytes, "cache-control": caching });
  if (request.method === "HEAD") return void response.end();
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}
