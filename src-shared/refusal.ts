/**
 * An error that a person can act on, with a code for programs and a sentence for people. Crosses process boundaries as
 * `{code, message}`.
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

/** A message from elsewhere (a library, another thread) with a full stop, for the end of a Refusal's sentence. */
export const withFullStop = (message: string): string => message.replace(/\.?$/, ".");

/** A phrase for the middle of a sentence as a sentence: with a capital letter and a full stop. */
export const asSentence = (phrase: string): string => withFullStop(phrase.charAt(0).toUpperCase() + phrase.slice(1));
