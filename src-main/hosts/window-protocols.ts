/** The protocols by which the desktop window gets its files and the photos. */
import { readFile } from "node:fs/promises";
import { protocol } from "electron";
import { isPictureSize } from "../../src-shared/picture-size";
import { Refusal } from "../../src-shared/refusal";
import type { Engine } from "../engine/engine-process";
import { contentSecurityPolicy } from "./web-guard";
import { INDEX_PATH, type listAssets } from "./window-assets";

/** Serves the window at `app://semblance/`. */
export function serveWindowFiles(assets: Awaited<ReturnType<typeof listAssets>>): void {
  protocol.handle("app", async ({ url }) => {
    const { host, pathname } = new URL(url);
    const asset = host === "semblance" ? assets.get(pathname === "/index.html" ? INDEX_PATH : pathname) : undefined;
    if (!asset) return new Response("Not found", { status: 404 });
    return new Response(await readFile(asset.file), {
      headers: {
        "content-type": asset.type,
        "content-security-policy": contentSecurityPolicy("photo:"),
        "x-content-type-options": "nosniff",
      },
    });
  });
}

/** Serves photos at `photo://<size>/<photo>`. */
export function servePictures(engine: Engine): void {
  protocol.handle("photo", async ({ url }) => {
    const { host: size, pathname } = new URL(url);
    const photo = Number(pathname.slice(1));
    if (!isPictureSize(size) || !Number.isInteger(photo)) return new Response("Not found", { status: 404 });
    try {
      const { bytes, type } = await engine.picture(photo, size);
      return new Response(Uint8Array.from(bytes), {
        headers: {
          "content-type": type,
          "cache-control": "private, max-age=31536000, immutable",
          "x-content-type-options": "nosniff",
        },
      });
    } catch (error) {
      if (error instanceof Refusal)
        return new Response(error.message, { status: error.code === "no-photo" ? 404 : 422 });
      throw error;
    }
  });
}
