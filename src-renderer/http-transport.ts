import { EventSource } from "eventsource";
import type { Call, EventName, Events, Reply } from "../src-shared/contract";
import type { PageSession } from "../src-shared/page-session";
import { text } from "./messages/text";
import type { WatchedTransport } from "./state/connection.svelte";

const TOKEN_HEADER = "x-semblance-token";
/** Where the tab keeps the token and the picture key. Other ports of this computer can't read it, unlike cookies. */
const SESSION = "semblance-session";

/**
 * The way to the browser host that served this page: calls by POST, events by a stream that sends the token in a header
 * as EventSource can't, pictures by address.
 */
export function createHttpTransport({ token, pictureKey }: PageSession): WatchedTransport {
  const watchers = new Set<(up: boolean) => void>();
  let source: EventSource | null = null;
  /**
   * Settles once events arrive, or can't: what happens between an answer and the first event would never be heard of.
   */
  let listening: Promise<void> = Promise.resolve();

  function events(): EventSource {
    if (source) return source;
    const opened = (source = new EventSource(new URL("/events", location.href), {
      fetch: (address, init) => fetch(address, { ...init, headers: { ...init.headers, [TOKEN_HEADER]: token } }),
    }));
    opened.addEventListener("open", () => watchers.forEach((tell) => tell(true)));
    opened.addEventListener("error", ({ code }) => {
      if (code === 401) leave();
      else watchers.forEach((tell) => tell(false));
    });
    listening = new Promise((resolve) => {
      for (const end of ["open", "error"]) opened.addEventListener(end, () => resolve(), { once: true });
    });
    return opened;
  }

  return {
    async send(call) {
      await listening;
      return post(call, token);
    },

    on<E extends EventName>(event: E, listener: (payload: Events[E]) => void) {
      const receive = (message: MessageEvent<string>) => listener(JSON.parse(message.data) as Events[E]);
      events().addEventListener(event, receive);
      return () => events().removeEventListener(event, receive);
    },

    picture: (photo, size, version) => `/picture/${photo}/${size}?v=${encodeURIComponent(version)}&key=${pictureKey}`,

    // A browser tells no page where on the disk a dropped folder lies.
    droppedPath: () => null,

    onConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    reconnect() {
      // An EventSource that the server refused stays closed: listeners must move to a new one, so reload the page.
      if (source?.readyState === EventSource.CLOSED) location.reload();
    },
  };
}

async function post(call: Call, token: string): Promise<Reply<unknown>> {
  let response: Response;
  try {
    response = await fetch("/api", {
      method: "POST",
      headers: { "content-type": "application/json", [TOKEN_HEADER]: token },
      body: JSON.stringify(call),
    });
  } catch {
    return {
      ok: false,
      error: { code: "connection-lost", message: text("connection.noAnswer") },
    };
  }
  if (response.headers.get("content-type")?.includes("application/json"))
    return (await response.json()) as Reply<unknown>;
  if (response.status === 401) leave();
  if (response.status === 401 || response.status === 403)
    return { ok: false, error: { code: "not-allowed", message: text("connection.refused", { call: call.name }) } };
  return {
    ok: false,
    error: { code: "http", message: text("connection.badStatus", { call: call.name, status: response.status }) },
  };
}

/**
 * The secrets of this page: those for the code in its address, which is then taken out of the visible address, or those
 * that the tab kept before it was reloaded.
 */
export async function takeSession(): Promise<PageSession | "refused" | "no-answer"> {
  const address = new URL(location.href);
  const code = address.searchParams.get("code");
  if (code !== null) {
    const reply = await exchange(code);
    if (reply === null) return "no-answer"; // the code stays in the address, for a reload
    if (reply.ok) sessionStorage.setItem(SESSION, JSON.stringify(reply.value));
    address.searchParams.delete("code");
    history.replaceState(null, "", address);
  }
  const kept = sessionStorage.getItem(SESSION);
  return kept === null ? "refused" : (JSON.parse(kept) as PageSession);
}

/** Null if the program doesn't answer. */
async function exchange(code: string): Promise<Reply<PageSession> | null> {
  try {
    const response = await fetch("/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
    });
    return (await response.json()) as Reply<PageSession>;
  } catch {
    return null;
  }
}

/** The program was started again and knows this tab no more: shows how to get another address. */
function leave(): void {
  sessionStorage.removeItem(SESSION);
  location.reload();
}
