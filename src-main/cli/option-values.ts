import { InvalidArgumentError } from "commander";

/** An option's value from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError(`“${text}” is no number from 0 to 1.`);
  return value;
}

/** A whole number from 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError(`“${text}” is no whole number above 0.`);
  return value;
}
