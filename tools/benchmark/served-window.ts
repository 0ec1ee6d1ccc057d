import { serveWindow } from "../../src-main/hosts/web";
import { createClient } from "../../src-preload/client";
import { ARGUMENTS, type EngineApi } from "../../src-shared/arguments";
import type { EventName, PhotoId } from "../../src-shared/contract";
import type { Picture } from "../../src-shared/engine-messages";
import { type MockBackend, mockLibrary } from "../../tests/fixtures/mock-library";
import { type BarePage, inBareBrowser } from "./bare-browser";

const SIZE = { width: 1280, height: 800 };

export interface ServedWindow {
  page: BarePage;
  mock: MockBackend;
}

/**
 * Opens the built window in a browser, served like the browser host's: calls, events and images travel the normal way,
 * but a mock library in this process answers them. The page's main thread then only does the window's own work.
 */
export async function inServedWindow<T>(
  { photos, picture = drawn }: { photos: number; picture?: (photo: PhotoId) => Picture },
  work: (window: ServedWindow) => Promise<T>,
): Promise<T | { skipped: string }> {
  const mock = mockLibrary({ photos });
  const host = await serveWindow({
    create: async (emit) => {
      for (const event of ["job", "library", "photos", "learned", "loss"] satisfies EventName[])
        mock.on(event, (payload) => emit(event, payload));
      const client = createClient(mock);
      return {
        api: Object.fromEntries(
          Object.keys(ARGUMENTS).map((name) => [name, client[name as keyof EngineApi]]),
        ) as unknown as EngineApi,
        picture: async (photo) => picture(photo),
        pathOf: () => {
          throw new Error("a generated photo has no file");
        },
        close: async () => undefined,
      };
    },
  });
  try {
    return await inBareBrowser(host.newAddress(), SIZE, (page) => work({ page, mock }));
  } finally {
    await host.close();
  }
}

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#8899aa"/></svg>';
const drawn = (): Picture => ({ bytes: new TextEncoder().encode(SVG), type: "image/svg+xml", version: "1" });
