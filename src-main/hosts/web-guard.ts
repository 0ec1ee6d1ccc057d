import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Only the program's own files may load. `style-src-attr`: components position pop-ups with style attributes. */
export function contentSecurityPolicy(pictures = "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    `img-src 'self' data: blob: ${pictures}`,
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const SECURITY_HEADERS = {
  "content-security-policy": contentSecurityPolicy(),
  "x-content-type-options": "nosniff",
  // The addresses of pictures contain their key.
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-frame-options": "DENY",
};

/** 128 random bits, compared in constant time. */
export function createToken(): { text: string; matches(candidate: unknown): boolean } {
  const text = randomBytes(16).toString("base64url");
  const expected = digest(text);
  return {
    text,
    matches: (candidate) => typeof candidate === "string" && timingSafeEqual(digest(candidate), expected),
  };
}

/** Stops DNS rebinding: a page whose name resolves to this computer sends that name in the Host header. */
export function isLocalRequest(request: IncomingMessage, port: number): boolean {
  const host = request.headers.host?.toLowerCase();
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Browsers send the calling page's origin. Other programs send none, but they still need the token. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || origin.toLowerCase() === `http://${host?.toLowerCase()}`;
}

export function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
