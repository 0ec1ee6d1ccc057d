import type { EngineApi } from "../../src-shared/arguments";
import type { PhotoId } from "../../src-shared/contract";
import type { Emit, Picture } from "../../src-shared/engine-messages";
import type { PictureSize } from "../../src-shared/picture-size";
import { Refusal } from "../../src-shared/refusal";
import { keepPrivate } from "../base/private-files";
import { exchangeHandlers } from "../exchange/handlers";
import { browseHandlers } from "../features/browse/handlers";
import { eventHandlers } from "../features/events/handlers";
import { labelHandlers } from "../features/labels/handlers";
import { learnHandlers } from "../features/learn/handlers";
import { startLiveLearning } from "../features/learn/live";
import { libraryHandlers } from "../features/libraries/handlers";
import { addingHandlers } from "../features/packs/adding-handlers";
import { packHandlers } from "../features/packs/handlers";
import { reviewHandlers } from "../features/review/handlers";
import { filePathOf, photoDetails } from "../store/photos";
import { picture } from "../store/thumbnails";
import { createSession } from "../workspace/session";

/** The engine: holds one open library, and answers all calls of a window except the host's. */
export interface Semblance {
  api: EngineApi;
  /** @throws Refusal `no-photo`, or why the photo can't be read */
  picture(photo: PhotoId, size: PictureSize): Promise<Picture>;
  /**
   * The absolute path of a photo's file, or of the last export, for the file manager.
   * @throws Refusal `no-photo`, `no-export`
   */
  pathOf(what: PhotoId | "export"): string;
  close(): Promise<void>;
}

/**
 * @param home         the data folder
 * @param folderDialog whether the host can show the system's dialogs
 */
export async function createSemblance({
  home,
  folderDialog,
  emit,
}: {
  home: string;
  folderDialog: boolean;
  emit: Emit;
}): Promise<Semblance> {
  keepPrivate(home);
  const session = createSession(home, emit);
  const live = startLiveLearning(session);
  // A call without a handler does not compile.
  const handlers: EngineApi = {
    ...libraryHandlers(session, folderDialog),
    ...browseHandlers(session),
    ...reviewHandlers(session, live),
    ...eventHandlers(session, live),
    ...labelHandlers(session),
    ...learnHandlers(session, live),
    ...packHandlers(session),
    ...addingHandlers(session),
    ...exchangeHandlers(session, live),
  };
  return {
    api: allWithRefusals(handlers, session.disk.explain),
    picture: withRefusals(async (photo, size) => {
      const { store } = session.library();
      const bytes = await picture(store, photo, size);
      return { bytes, type: "image/jpeg", version: photoDetails(store, photo)?.version ?? "" };
    }, session.disk.explain),
    pathOf(what) {
      if (what === "export") {
        if (session.exported === null) throw new Refusal("no-export", "Nothing has been exported yet.");
        return session.exported;
      }
      const path = filePathOf(session.library().store, what);
      if (path === null) throw new Refusal("no-photo", `Photo ${what} no longer has a file.`);
      return path;
    },
    async close() {
      session.disk.stop();
      await session.close();
      keepPrivate(home);
    },
  };
}

/** Turns errors that the disk caused into refusals. */
function withRefusals<Args extends unknown[], Answer>(
  answer: (...args: Args) => Promise<Answer>,
  explain: (error: unknown) => unknown,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    try {
      return await answer(...args);
    } catch (error) {
      throw explain(error);
    }
  };
}

function allWithRefusals(answers: EngineApi, explain: (error: unknown) => unknown): EngineApi {
  const calls = Object.entries(answers).map(([name, answer]) => [
    name,
    withRefusals(answer as (...args: unknown[]) => Promise<unknown>, explain),
  ]);
  return Object.fromEntries(calls) as EngineApi;
}
