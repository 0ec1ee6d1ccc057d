import type { IncomingMessage, ServerResponse } from "node:http";
import type { Emit } from "../../src-shared/engine-messages";

/** Proxies and sleeping computers drop idle connections; a comment this often keeps them. Milliseconds. */
const HEARTBEAT_MS = 15_000;
/** A window with this many bytes unread is gone or hung, and is dropped. It reconnects when it wakes up. */
const MAX_BACKLOG_BYTES = 8 * 2 ** 20;
/** Every window gets every event. */
const MAX_WINDOWS = 64;

/** Server-sent events: every event to every connected window. */
export function openEventStream(): {
  emit: Emit;
  isFull(): boolean;
  join(request: IncomingMessage, response: ServerResponse): void;
  close(): void;
} {
  const windows = new Set<ServerResponse>();
  const broadcast = (text: string) => {
    for (const window of windows) {
      if (window.writableLength > MAX_BACKLOG_BYTES) window.destroy();
      else window.write(text);
    }
  };
  const heart = setInterval(() => broadcast(": still here\n\n"), HEARTBEAT_MS).unref();
  return {
    emit: (event, payload) => broadcast(`event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`),
    isFull: () => windows.size >= MAX_WINDOWS,
    join(request, response) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
      if (request.method === "HEAD") return void response.end();
      response.write("retry: 1000\n\n");
      windows.add(response);
      response.once("close", () => windows.delete(response));
    },
    close() {
      clearInterval(heart);
      for (const window of windows) window.end();
    },
  };
}
