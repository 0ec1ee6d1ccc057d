import type { Call, EventName, Events, Reply } from "../src-shared/contract";
import { text } from "./messages/text";
import type { WatchedTransport } from "./state/connection.svelte";

const TOKEN = "semblance-token";

/**
 * The way to the browser host that served this page: calls by POST, events by EventSource, pictures by address.
 * The token comes once in the page's address, is kept for the tab, and is taken out of the visible address.
 */
export function createHttpTransport(): WatchedTransport {
  const token = takeToken();
  const watchers = new Set<(up: boolean) => void>();
  let source: EventSource | null = null;
  /**
   * Settles once events arrive, or can't: what happens between an answer and the first event would never be heard of.
   */
  let listening: Promise<void> = Promise.resolve();

  function events(): EventSource {
    if (source) return source;
    const opened = (source = new EventSource(`/events?token=${encodeURIComponent(token)}`));
    opened.addEventListener("open", () => watchers.forEach((tell) => tell(true)));
    opened.addEventListener("error", () => watchers.forEach((tell) => tell(false)));
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

    picture: (photo, size, version) =>
      `/picture/${photo}/${size}?v=${encodeURIComponent(version)}&token=${encodeURIComponent(token)}`,

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
      headers: { "content-type": "application/json", "x-semblance-token": token },
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
  if (response.status === 401 || response.status === 403) {
    return {
      ok: false,
      error: { code: "not-allowed", message: text("connection.expired") },
    };
  }
  return {
    ok: false,
    error: { code: "http", message: text("connection.badStatus", { call: call.name, status: response.status }) },
  };
}

function takeToken(): string {
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (token === null) return sessionStorage.getItem(TOKEN) ?? "";
  sessionStorage.setItem(TOKEN, token);
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
  return token;
}
