import type { z } from "zod";
import { ARGUMENTS, isCallName } from "../../src-shared/arguments";
import type { Api, CallName, Reply } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";

/**
 * Answers one call of a window, whatever it is made of: only a known call with valid arguments reaches its handler.
 * Never throws.
 *
 * @param handlers the calls that this process answers
 * @param call     untrusted; `{name, args}` when all is well
 * @returns the value, or the code `unknown-call`, `bad-arguments` (the message says where), that of a Refusal, or
 *   `internal`
 */
export async function dispatch<Names extends CallName>(
  handlers: Pick<Api, Names>,
  call: unknown,
): Promise<Reply<unknown>> {
  try {
    const { name, args } = (call ?? {}) as { name?: unknown; args?: unknown };
    if (!isCallName(name) || !(name in handlers)) return failed("unknown-call", `no call ${printed(name)}`);
    const parsed = ARGUMENTS[name].safeParse(args);
    if (!parsed.success) return failed("bad-arguments", `${name}: ${explain(parsed.error)}`);
    const handler = handlers[name as Names] as (...valid: unknown[]) => Promise<unknown>;
    return { ok: true, value: await handler.apply(handlers, parsed.data) };
  } catch (error) {
    if (error instanceof Refusal) return failed(error.code, error.message);
    console.error(error);
    return failed("internal", error instanceof Error ? error.message : String(error));
  }
}

export function failed(code: string, message: string): Reply<never> {
  return { ok: false, error: { code, message } };
}

/** `photos.3: Too small: expected number to be >0` for the first fault. */
function explain({ issues }: z.ZodError): string {
  const first = issues[0]!; // an error has one at least
  // The first step is the place among the arguments, and there is but one.
  const where = first.path.slice(1).map(String).join(".");
  return where ? `${where}: ${first.message}` : first.message;
}

function printed(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : `of type ${typeof name}`;
}
