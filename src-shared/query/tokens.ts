/**
 * The tokens of the query language. Tokenising never fails, so that half-typed text can be completed. Positions are
 * offsets in UTF-16 code units.
 */

export interface Span {
  from: number;
  to: number;
}
export type Comparison = ":" | ":=" | ":>" | ":>=" | ":<" | ":<=";

/** What follows a field's colon. */
export type Value = Span &
  (
    | { is: "text"; text: string; quoted: boolean }
    /** `[least TO most]`, inclusive; null for `*`. */
    | { is: "range"; least: string | null; most: string | null }
  );

export type Token = Span &
  (
    | { is: "open" | "close" | "and" | "or" | "not" }
    | { is: "word"; text: string; quoted: boolean }
    /** `name` in lower case. */
    | { is: "field"; name: string; comparison: Comparison; value: Value }
  );

const OPERATORS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["AND", "and"],
  ["OR", "or"],
  ["NOT", "not"],
]);
const FIELD = /^([A-Za-z]+)(:(?:>=|<=|=|>|<)?)/;
const RANGE = /^\[\s*(\S+)\s+TO\s+(\S+?)\s*\]/;

/**
 * An unclosed quotation runs to the end of the text. Quotation marks, brackets and hyphens inside a word are part of
 * it: "rock'n'roll", "C++", "IMG_1(2)", "tree-house". A name with a colon and a space is a word: "Tokyo: night".
 * @param isField whether a name is a field even with nothing after its colon
 */
export function tokensOf(text: string, isField: (name: string) => boolean): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    if (/\s/.test(character)) at++;
    else {
      const token = tokenFrom(text, at, isField);
      tokens.push(token);
      at = token.to;
    }
  }
  return tokens;
}

function tokenFrom(text: string, from: number, isField: (name: string) => boolean): Token {
  const character = text[from];
  if (character === "(") return { is: "open", from, to: from + 1 };
  if (character === ")") return { is: "close", from, to: from + 1 };
  if (character === "-" && /[^\s)-]/.test(text[from + 1] ?? " ")) return { is: "not", from, to: from + 1 };
  if (character === '"') return { is: "word", ...quotationFrom(text, from), quoted: true };
  const match = FIELD.exec(text.slice(from));
  if (match) {
    const [all, quoteValue = "", comparison] = match;
    const name = quoteValue.toLowerCase();
    const valueFrom = from + all.length;
    if (/[^\s)]/.test(text[valueFrom] ?? " ") || isField(name)) {
      const value = valueOf(text, valueFrom);
      return { is: "field", name, comparison: comparison as Comparison, value, from, to: value.to };
    }
  }
  const to = endOfWord(text, from);
  const word = text.slice(from, to);
  const operator = OPERATORS.get(word);
  return operator ? { is: operator, from, to } : { is: "word", text: word, quoted: false, from, to };
}

function valueOf(text: string, from: number): Value {
  if (text[from] === '"') return { is: "text", ...quotationFrom(text, from), quoted: true };
  const range = RANGE.exec(text.slice(from));
  if (range) {
    const bound = (quoteValue: string) => (quoteValue === "*" ? null : unquoted(quoteValue));
    return { is: "range", least: bound(range[1]!), most: bound(range[2]!), from, to: from + range[0].length };
  }
  const to = endOfWord(text, from);
  return { is: "text", text: text.slice(from, to), quoted: false, from, to };
}

/** At the next space, or at a closing bracket that was not opened in the word. */
function endOfWord(text: string, from: number): number {
  let open = 0;
  let to = from;
  for (; to < text.length && !/\s/.test(text.charAt(to)); to++) {
    if (text[to] === "(") open++;
    if (text[to] === ")" && --open < 0) break;
  }
  return to;
}

/** `\"` and `\\` are escapes; any other backslash is literal. */
function quotationFrom(text: string, from: number): Span & { text: string } {
  let said = "";
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '"') return { text: said, from, to: at + 1 };
    if (text[at] === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at++;
    said += text[at];
  }
  return { text: said, from, to: text.length };
}

const unquoted = (quoteValue: string): string =>
  quoteValue.startsWith('"') ? quotationFrom(quoteValue, 0).text : quoteValue;

/** Text as a field's value, quoted if needed. */
export const quoteValue = (value: string): string => (/^[^\s"()[\]<>=\\]+$/.test(value) ? value : quoted(value));

/** Text as a search word, quoted if it would be an operator or a field. */
export const quoteWord = (word: string): string =>
  /^[^\s"()-][^\s"()]*$/.test(word) && !OPERATORS.has(word) && !FIELD.test(word) ? word : quoted(word);

const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
