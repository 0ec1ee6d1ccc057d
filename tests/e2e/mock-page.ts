import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, type Page, test as base } from "@playwright/test";
import { build, type Rolldown } from "vite";
import type { AnnotationCall } from "../../src-shared/contract";
import type { MockBackend, MockOptions } from "../fixtures/mock-library";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const RENDERER = at("../../out/renderer");
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
  files: Map<string, Buffer>;
  fixture: string;
}
export interface OpenWindow {
  /** Opens the window on a mock library, which the page has as `mock`. */
  (options: MockOptions): Promise<void>;
  /** Opens it without a mock, as a browser host serves it. */
  alone(address?: string): Promise<void>;
}

/** What all pages of a worker share. */
interface Shared {
  context: BrowserContext;
  /** An empty page of the window's origin that stays open. */
  idle: Page;
}

/** Playwright's test, with the built window on a mock library. */
export const test = base.extend<{ openWindow: OpenWindow; troubles: string[] }, { shared: Shared }>({
  // While a page of its origin is open, a browser opens another at half the cost, since its process runs already.
  shared: [
    async ({ browser }, use) => {
      const context = await browser.newContext();
      const idle = await context.newPage();
      await idle.route(ADDRESS, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
      await idle.goto(ADDRESS);
      await use({ context, idle });
      await context.close();
    },
    { scope: "worker" },
  ],

  /** A new page for each test, without what the window stored before. */
  page: async ({ shared: { context, idle }, viewport }, use) => {
    await idle.evaluate(() => localStorage.clear());
    await context.clearCookies();
    const page = await context.newPage();
    if (viewport) await page.setViewportSize(viewport);
    await use(page);
    await page.close();
  },

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
    const built = await (reading ??= readWindow());
    await page.route(`${ADDRESS}**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
      const body = built.files.get(name);
      if (body === undefined) return route.fallback();
      await route.fulfill({
        contentType: TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
        body,
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

let reading: Promise<Built> | undefined;

/** The built window, which `npm test` builds from the sources first, with the mock library bundled here. */
async function readWindow(): Promise<Built> {
  const files = readdirSync(RENDERER, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));
  const library = (await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      minify: false,
      lib: { entry: at("../fixtures/mock-library.ts"), formats: ["iife"], name: "fixture" },
    },
  })) as Rolldown.RolldownOutput[];
  return {
    files: new Map(files.map((file) => [relative(RENDERER, file).replaceAll("\\", "/"), readFileSync(file)])),
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
