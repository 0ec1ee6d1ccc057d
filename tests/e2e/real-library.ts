import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, type Request, test as base } from "@playwright/test";
import { createClient } from "../../src-preload/client";
import type { EngineApi } from "../../src-shared/arguments";
import type { Call, CallName, PhotoDetails, Reply } from "../../src-shared/contract";
import { exchangeCode } from "../fixtures/exchange-code";
import { writeHarbourPhotos } from "../fixtures/harbour-photos";
import { type ServedProgram, serveFolder } from "./served-program";

const QUIET_MS = 100;
const TIMEOUT_MS = 5_000;

/** The served program on the library “Harbour”: 42 photos labelled by the seed pack, one file that is no image. */
export interface RealLibrary {
  /** The engine's calls. Each waits until those of the window are answered, since the window shows verdicts before. */
  api: EngineApi;
  /** An address that opens the window once. */
  newAddress(): Promise<string>;
  folder: string;
  /** A folder for what a test writes, emptied before each test. */
  out: string;
  /** Details of the photo with this file name. */
  photoNamed(name: string): Promise<PhotoDetails>;
}

interface Served extends Omit<RealLibrary, "photoNamed"> {
  /** Puts the library back as it was prepared. */
  reset(): Promise<void>;
}

interface Fixtures {
  library: RealLibrary;
  /** Opens the window, and waits for its photos. */
  openWindow: () => Promise<void>;
  /** The window's calls in order. */
  calls: Call[];
  /** The page's complaints: uncaught errors, and errors and warnings on the console. */
  troubles: string[];
}

/** Playwright's test on a real library. The library is prepared once per worker, and is the same before every test. */
export const test = base.extend<Fixtures, { served: Served }>({
  served: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from it which fixtures this one needs
    async ({}, use) => {
      const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-harbour-")));
      const folder = join(root, "Harbour");
      await writeHarbourPhotos(folder);
      const program = await serveFolder(folder, join(root, "home"));
      try {
        await use(await prepare(program, root, folder));
      } finally {
        await program.stop();
        rmSync(root, { recursive: true, force: true });
      }
    },
    { scope: "worker", timeout: 120_000 },
  ],

  library: async ({ page, served }, use) => {
    await served.reset();
    const api = afterCallsOf(page, served.api);
    await use({ ...served, api, photoNamed: (name) => photoNamed(api, name) });
  },

  calls: async ({ page }, use) => {
    const calls: Call[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && new URL(request.url()).pathname === "/api")
        calls.push(request.postDataJSON() as Call);
    });
    await use(calls);
  },

  troubles: async ({ page }, use) => {
    const troubles: string[] = [];
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) troubles.push(message.text());
    });
    await use(troubles);
  },

  openWindow: async ({ page, library }, use) => {
    await use(async () => {
      await page.goto(await library.newAddress());
      await page.getByRole("gridcell").first().waitFor();
    });
  },
});

async function prepare(program: ServedProgram, root: string, folder: string): Promise<Served> {
  const address = await program.newAddress();
  const api = clientOf(new URL(address).origin, (await exchangeCode(address)).token);
  const [libraries, prepared, out] = [join(root, "home", "libraries"), join(root, "prepared"), join(root, "out")];
  await atRest(api);
  await api.changeSettings({ threshold: 0.05, liveLearning: false, watchFolder: false });
  await atRest(api);
  await api.closeLibrary();
  cpSync(libraries, prepared, { recursive: true });
  return {
    api,
    newAddress: program.newAddress,
    folder,
    out,
    async reset() {
      await api.closeLibrary();
      for (const path of [libraries, out]) if (existsSync(path)) rmSync(path, { recursive: true });
      for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }))
        if (file.endsWith(".xmp")) rmSync(join(folder, file));
      cpSync(prepared, libraries, { recursive: true });
      mkdirSync(out);
      await api.openLibrary({ folder });
      await atRest(api);
    },
  };
}

async function photoNamed(api: EngineApi, name: string): Promise<PhotoDetails> {
  const { photos } = await api.browse({ sort: "name", descending: false, group: "none" });
  const tile = (await api.tiles({ photos })).find((each) => each.name === name);
  if (!tile) throw new Error(`no photo is called ${name}`);
  return api.photo({ photo: tile.photo });
}

/** Each call waits until the page's are answered and no further one follows within `QUIET_MS`, at most `TIMEOUT_MS`. */
function afterCallsOf(page: Page, api: EngineApi): EngineApi {
  const open = new Set<Request>();
  let last = 0;
  const isCall = (request: Request) => request.method() === "POST" && new URL(request.url()).pathname === "/api";
  page.on("request", (request) => {
    if (isCall(request)) open.add(request);
  });
  for (const event of ["requestfinished", "requestfailed"] as const)
    page.on(event as "requestfinished", (request) => {
      if (open.delete(request)) last = Date.now();
    });
  const answered = async () => {
    const begin = Date.now();
    while ((open.size > 0 || Date.now() - last < QUIET_MS) && Date.now() - begin < TIMEOUT_MS)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return new Proxy(api, {
    get:
      (target, name: keyof EngineApi) =>
      async (...args: never[]) => {
        await answered();
        return (target[name] as (...given: never[]) => unknown)(...args);
      },
  });
}

/** The program's calls, without a window. */
function clientOf(origin: string, token: string): EngineApi {
  return createClient({
    send: async (call) => {
      const response = await fetch(`${origin}/api`, {
        method: "POST",
        headers: { "x-semblance-token": token },
        body: JSON.stringify(call),
      });
      return (await response.json()) as Reply<unknown>;
    },
    on: () => () => undefined,
    picture: (photo) => `${origin}/picture/${photo}`,
    droppedPath: () => null,
  }) as EngineApi;
}

/** Waits until the engine runs no job. */
export async function atRest(api: EngineApi): Promise<void> {
  while ((await api.jobs()).some(({ state }) => state === "running" || state === "paused"))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Arguments of the window's calls of that name. */
export const argumentsOf = (calls: Call[], name: CallName): unknown[] =>
  calls.filter((call) => call.name === name).map(({ args }) => args[0]);
