import type { IncomingMessage } from "node:http";

export class BodyTooLarge extends Error {}

/** Reads and parses a body. @param limit bytes; no more are buffered @throws BodyTooLarge, SyntaxError */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) throw new BodyTooLarge(`The call has ${announced} bytes; the limit is ${limit}.`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > limit) throw new BodyTooLarge(`The call has more than ${limit} bytes.`);
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
