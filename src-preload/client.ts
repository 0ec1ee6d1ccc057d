import type { Api, Call, Transport } from "../src-shared/contract";
import type { RefusalCode } from "../src-shared/refusal";

/** A refused or failed call, with the code of the refusal. */
export class CallError extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
  ) {
    super(message);
    this.name = "CallError";
  }
}

/** Every method of the Api over a transport. The methods reject with `CallError`. */
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
