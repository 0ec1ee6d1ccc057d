import { IntlMessageFormat } from "intl-messageformat";
import type { ArgumentsOf } from "./arguments";
import { en } from "./en";

/** Every message of the window by its key, e.g. "welcome.openFolder". A language is a file with these keys. */
export type MessageKey = keyof typeof en;
type Arguments<Key extends MessageKey> = ArgumentsOf<(typeof en)[Key]>;
/** Nothing to pass where a message has no arguments. */
type Values<Key extends MessageKey> = keyof Arguments<Key> extends never ? [] : [values: Arguments<Key>];

/** A piece of a message: plain text, or the text within a tag (`<key>X</key>`). */
export interface MessagePart {
  text: string;
  tag?: string;
}

const LOCALE = "en";
const catalogue: Record<MessageKey, string> = en;
const formats = new Map<MessageKey, IntlMessageFormat>();

/** A message in the reader's language, with its arguments filled in. */
export function text<Key extends MessageKey>(key: Key, ...[values]: Values<Key>): string {
  return String(formatOf(key).format(values as Record<string, string | number> | undefined));
}

/** A message with tags, in pieces: `<Message>` shows them as elements. */
export function textParts<Key extends MessageKey>(key: Key, ...[values]: Values<Key>): MessagePart[] {
  const tags = [...catalogue[key].matchAll(/<(\w+)>/g)].map(([, tag]) => tag);
  const shown = Object.fromEntries(
    tags.map((tag) => [tag, (inner: (string | MessagePart)[]): MessagePart => ({ tag, text: inner.join("") })]),
  );
  const formatted = formatOf(key).format<MessagePart>({ ...(values as Record<string, string | number>), ...shown });
  const parts = Array.isArray(formatted) ? formatted : [formatted];
  return parts.map((part) => (typeof part === "object" ? part : { text: String(part) }));
}

function formatOf(key: MessageKey): IntlMessageFormat {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new IntlMessageFormat(catalogue[key], LOCALE)));
  return format;
}
