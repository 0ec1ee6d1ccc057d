import type { Api, Call, Transport } from "../src-shared/contract";

/** A failed call, with the engine's code. */
export class CallError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "CallError";
  }
}

/** The whole client: every method of the Api, over any transport. @throws CallError */
export function createClient(transport: Transport): Api {
  return new Proxy({} as Api, {
    get:
      (_, name: keyof Api) =>
      async (...args: never) => {
        const reply = await transport.send({ name, args } as Call);
        if (!reply.ok) throw new CallError(reply.error.code, reply.error.message);
        return reply.value;
      },
  });
}
