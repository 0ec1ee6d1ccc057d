/**
 * Something a person asked for that can't be done, with a code for programs and a sentence for people. Crosses every
 * process boundary as `{code, message}`.
 */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}
