import type { IncomingMessage } from "node:http";

export class BodyTooLarge extends Error {}

/** @param limit bytes; not one more is kept. @throws TooLarge, SyntaxError */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) throw new BodyTooLarge(`the call has ${announced} bytes, ${limit} are allowed`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > limit) throw new BodyTooLarge(`the call has more than ${limit} bytes`);
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
