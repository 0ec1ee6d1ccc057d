import { randomBytes } from "node:crypto";
import { digest } from "./web-guard";

/** How long a code that nobody used is good for, in milliseconds: long enough to copy an address by hand. */
const LIFETIME_MS = 600_000;

/**
 * Codes that are good for one exchange. They stand in addresses, which other users of this computer can read in the
 * list of processes and which browsers keep in their history; a used one is worth nothing.
 * @param now milliseconds; tests move it
 */
export function createCodes(now: () => number = Date.now): {
  /** @param lifetime milliseconds */
  issue(lifetime?: number): string;
  /** True once for a code that was issued and has not expired. */
  redeem(candidate: unknown): boolean;
} {
  /** When each unused code expires, by its digest, so that looking one up takes no longer the more of it is right. */
  const expiry = new Map<string, number>();
  const dropExpired = () => {
    for (const [code, end] of expiry) if (end <= now()) expiry.delete(code);
  };
  return {
    issue(lifetime = LIFETIME_MS) {
      dropExpired();
      const code = randomBytes(16).toString("base64url");
      expiry.set(digest(code).toString("hex"), now() + lifetime);
      return code;
    },
    redeem(candidate) {
      dropExpired();
      return typeof candidate === "string" && expiry.delete(digest(candidate).toString("hex"));
    },
  };
}
