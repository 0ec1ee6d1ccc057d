import type { Reply } from "../../src-shared/contract";
import type { Emit, FromEngine, ToEngine } from "../../src-shared/engine-messages";
import { Refusal } from "../../src-shared/refusal";
import { dispatch, failed } from "./dispatch";
import type { Semblance } from "./semblance";

/** How long an engine may take to finish its writes, in milliseconds. */
const SHUTDOWN_TIMEOUT_MS = 15_000;

/**
 * The engine's side of the message channel: answers the host until the host exits or asks it to stop. Ctrl-C reaches
 * every process of a terminal, but only the host acts on it.
 */
export async function serveHost(create: (emit: Emit) => Promise<Semblance>): Promise<void> {
  if (!process.send) throw new Error("Only a host can start the engine.");
  let semblance: Semblance | undefined;
  let leaving = false;

  const leave = async () => {
    if (leaving) return;
    leaving = true;
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT_MS).unref();
    await semblance?.close();
    process.exit(0);
  };
  process.once("disconnect", () => void leave());
  process.once("SIGTERM", () => void leave());
  process.on("SIGINT", () => {});

  try {
    semblance = await create((event, payload) => post({ event, payload }));
  } catch (error) {
    console.error(error);
    await sent({ failed: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
  const ready = semblance;
  process.on("message", (question: ToEngine) => {
    void answer(ready, question).then((reply) => post({ id: question.id, reply }));
  });
  post({ ready: true });
}

async function answer(semblance: Semblance, question: ToEngine): Promise<Reply<unknown>> {
  if ("call" in question) return dispatch(semblance.api, question.call);
  try {
    const value =
      "picture" in question
        ? await semblance.picture(question.picture.photo, question.picture.size)
        : semblance.pathOf(question.pathOf);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof Refusal) return failed(error.code, error.message);
    console.error(error);
    return failed("internal", error instanceof Error ? error.message : String(error));
  }
}

function post(message: FromEngine) {
  void sent(message);
}

/** If the host has exited, the message is dropped: `disconnect` follows, and the engine closes cleanly. */
function sent(message: FromEngine): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}
