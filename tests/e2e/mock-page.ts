import { fileURLToPath } from "node:url";
import { type Page, test as base } from "@playwright/test";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Rolldown } from "vite";
import type { AnnotationCall } from "../../src-shared/contract";
import type { MockBackend, MockOptions } from "../fixtures/mock-library";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** A secure context, like the program’s own hosts. */
export const ADDRESS = "https://mock.test/";
const TYPES: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};

declare global {
  var mockLibrary: (options: MockOptions) => MockBackend;
  var mock: MockBackend;
}

interface Built {
  files: Map<string, string | Uint8Array>;
  fixture: string;
}
export interface OpenWindow {
  /** Opens the window on a mock library, which the page has as `mock`. */
  (options: MockOptions): Promise<void>;
  /** Opens it without a mock, as a browser host serves it. */
  alone(address?: string): Promise<void>;
}

/** Playwright's test, with the window built from the sources once per run. */
export const test = base.extend<{ openWindow: OpenWindow; troubles: string[] }>({
  /** The page's complaints: uncaught errors, and errors and warnings on the console. */
  troubles: async ({ page }, use) => {
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) troubles.push(message.text());
    });
    await use(troubles);
  },

  openWindow: async ({ page }, use) => {
    const built = await (building ??= buildWindow());
    await page.route(`${ADDRESS}**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
      const body = built.files.get(name);
      if (body === undefined) return route.fallback();
      await route.fulfill({
        contentType: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
        body: typeof body === "string" ? body : Buffer.from(body),
      });
    });
    const open = async (options: MockOptions) => {
      await page.addInitScript({
        content: `${built.fixture}; globalThis.mock = globalThis.semblance = fixture.mockLibrary(${JSON.stringify(options)});`,
      });
      await page.goto(ADDRESS);
      if (!options.closed) await page.getByRole("main").waitFor(); // before it, a key press can't have an effect
    };
    await use(
      Object.assign(open, {
        alone: async (address = ADDRESS) => {
          await page.goto(address);
        },
      }),
    );
  },
});

let building: Promise<Built> | undefined;

async function buildWindow(): Promise<Built> {
  const common = { configFile: false, logLevel: "warn" } as const;
  const window = (await build({
    ...common,
    root: at("../../src-renderer"),
    plugins: [svelte()],
    base: "./",
    build: { write: false, modulePreload: { polyfill: false } },
  })) as Rolldown.RolldownOutput;
  const library = (await build({
    ...common,
    build: {
      write: false,
      minify: false,
      lib: { entry: at("../fixtures/mock-library.ts"), formats: ["iife"], name: "fixture" },
    },
  })) as Rolldown.RolldownOutput[];
  return {
    files: new Map(window.output.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source])),
    fixture: library[0].output[0].code,
  };
}

/** The window's calls by name, with their arguments. */
export const callsOf = (page: Page, name: string) =>
  page.evaluate((wanted) => mock.calls.filter((call) => call.name === wanted).map((call) => call.args[0]), name);

/** The window's verdicts in order, whether sent one at a time or together. */
export const verdictsOf = (page: Page) =>
  page.evaluate(() =>
    mock.calls.flatMap(({ name, args }) =>
      name === "annotate"
        ? [args[0] as AnnotationCall]
        : name === "annotateEach"
          ? (args[0] as { verdicts: AnnotationCall[] }).verdicts
          : [],
    ),
  );
