import type { z } from "zod";
import { ARGUMENTS, isCallName } from "../../src-shared/arguments";
import type { Api, CallName, Reply } from "../../src-shared/contract";
import { Refusal, type RefusalCode } from "../../src-shared/refusal";

/**
 * Answers a window's call. Only a known call with valid arguments reaches its handler. Never throws.
 * @param handlers of the calls that this process answers
 * @param call     untrusted; should be `{name, args}`
 * @returns the value, or an error with the code `unknown-call`, `bad-arguments` (the message says where), `internal`,
 *   or a Refusal's
 */
export async function dispatch<Names extends CallName>(
  handlers: Pick<Api, Names>,
  call: unknown,
): Promise<Reply<unknown>> {
  try {
    const { name, args } = (call ?? {}) as { name?: unknown; args?: unknown };
    if (!isCallName(name) || !(name in handlers)) return failed("unknown-call", `There is no call ${printed(name)}.`);
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

export function failed(code: RefusalCode, message: string): Reply<never> {
  return { ok: false, error: { code, message } };
}

/** The first problem: `photos.3: Too small: expected number to be >0`. */
function explain({ issues }: z.ZodError): string {
  const first = issues[0]!; // an error has at least one
  // The first step is the index of the argument; there is only one.
  const where = first.path.slice(1).map(String).join(".");
  return where ? `${where}: ${first.message}` : first.message;
}

function printed(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : `of type ${typeof name}`;
}
