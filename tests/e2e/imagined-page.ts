import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Rolldown } from "vite";
import type { Imagined, ImaginedOptions } from "../fixtures/imagined-library";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ADDRESS = "http://imagined.test/";
const TYPES: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

declare global {
  var imagineLibrary: (options: ImaginedOptions) => Imagined;
  var imagined: Imagined;
}

export interface Built { files: Map<string, string | Uint8Array>; fixture: string }

/** Builds the window as it stands, and the imagined library that takes the engine's place. Nothing is written. */
export async function buildWindow(): Promise<Built> {
  const common = { configFile: false, logLevel: "warn" } as const;
  const window = (await build({
    ...common, root: at("../../src-renderer"), plugins: [svelte()], base: "./",
    build: { write: false, modulePreload: { polyfill: false } },
  })) as Rolldown.RolldownOutput;
  const library = (await build({
    ...common,
    build: { write: false, minify: false, lib: { entry: at("../fixtures/imagined-library.ts"), formats: ["iife"], name: "fixture" } },
  })) as Rolldown.RolldownOutput[];
  const files = new Map(window.output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
  return { files, fixture: `${library[0].output[0].code}; globalThis.imagineLibrary = fixture.imagineLibrary;` };
}

/** Opens the window over an imagined library; `imagined` in the page is the library. */
export async function openImagined(page: Page, built: Built, options: ImaginedOptions): Promise<void> {
  await page.route(`${ADDRESS}**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
    const body = built.files.get(name);
    if (body === undefined) return route.fallback();
    await route.fulfill({ contentType: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream", body: typeof body === "string" ? body : Buffer.from(body) });
  });
  await page.addInitScript({ content: `${built.fixture}; globalThis.imagined = globalThis.semblance = imagineLibrary(${JSON.stringify(options)});` });
  await page.goto(ADDRESS);
}
