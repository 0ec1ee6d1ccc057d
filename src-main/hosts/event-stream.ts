import type { IncomingMessage, ServerResponse } from "node:http";
import type { Emit } from "../../src-shared/engine-messages";

/** Idle connections are cut by sleeping computers and proxies; a comment now and then keeps them. Milliseconds. */
const HEARTBEAT_MS = 15_000;
/** A window that has not read this much, in bytes, is gone or hung: it connects again when it wakes up. */
const MAX_BACKLOG_BYTES = 8 * 2 ** 20;
/** Every one of them is told everything. */
const MAX_WINDOWS = 64;

/** Server-sent events: every event to every window that listens. */
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
