/** The grammar of the query language: `label:dog -taken:2024 (sunset OR is:accepted)`. The fields are in fields.ts. */
import { isFieldName } from "./fields";
import { type Comparison, quoteValue, quoteWord, type Span, type Token, tokensOf, type Value } from "./tokens";

/** A parsed query. `and` without parts matches everything. */
export type Query = Span &
  (
    | { is: "and" | "or"; parts: Query[] }
    | { is: "not"; part: Query }
    | { is: "word"; text: string; quoted: boolean }
    | { is: "field"; name: string; comparison: Comparison; value: Value }
  );

/** What is wrong with a query, and with which part of it. */
export class QueryFault extends Error {
  constructor(
    message: string,
    readonly span: Span,
    /** Replacements for that part. */ readonly suggestions: string[] = [],
  ) {
    super(message);
  }
}

/** Nobody types more; thousands would fill the stack. */
const MAX_DEPTH = 100;

/**
 * AND binds tighter than OR and may be omitted; NOT or a hyphen negates what follows. An open bracket is closed at the
 * end of the text.
 * @throws QueryFault
 */
export function parseQuery(text: string): Query {
  const tokens = tokensOf(text, isFieldName);
  let next = 0;
  let depth = 0;

  function alternatives(): Query {
    const parts = [conjunction()];
    while (tokens[next]?.is === "or") {
      next++;
      parts.push(conjunction());
    }
    return parts.length === 1 ? parts[0]! : { is: "or", parts, ...around(parts) };
  }

  function conjunction(): Query {
    const parts = [term()];
    for (;;) {
      const token = tokens[next];
      if (token === undefined || token.is === "or" || token.is === "close") break;
      if (token.is === "and") next++;
      parts.push(term());
    }
    return parts.length === 1 ? parts[0]! : { is: "and", parts, ...around(parts) };
  }

  function term(): Query {
    const token = tokens[next];
    if (token === undefined || token.is === "and" || token.is === "or" || token.is === "close") throw missing(token);
    next++;
    if (token.is !== "not" && token.is !== "open") return token as Query;
    if (++depth > MAX_DEPTH) throw new QueryFault(`More than ${MAX_DEPTH} brackets or NOTs inside each other.`, token);
    if (token.is === "not") {
      const part = term();
      depth--;
      return { is: "not", part, from: token.from, to: part.to };
    }
    const inside = alternatives();
    depth--;
    const close = tokens[next];
    if (close?.is === "close") next++;
    return { ...inside, from: token.from, to: close?.to ?? text.length };
  }

  /** Blames the operator or bracket before the missing term, else the one in its place. */
  function missing(token: Token | undefined): QueryFault {
    const before = tokens[next - 1];
    const { from, to } = before ?? token!;
    const name = text.slice(from, to);
    if (before === undefined)
      return new QueryFault(
        token!.is === "close"
          ? "This bracket has no opening bracket."
          : `Add a term before ${name}. To search for the word itself, put it in quotation marks.`,
        { from, to },
      );
    if (before.is === "open") return new QueryFault("These brackets are empty.", { from, to: token?.to ?? to });
    return new QueryFault(`Add a term after ${name}. To search for the word itself, put it in quotation marks.`, {
      from,
      to,
    });
  }

  if (tokens.length === 0) return { is: "and", parts: [], from: 0, to: 0 };
  const query = alternatives();
  const left = tokens[next];
  if (left) throw new QueryFault("This bracket has no opening bracket.", left);
  return query;
}

const around = (parts: Query[]): Span => ({ from: parts[0]!.from, to: parts.at(-1)!.to });

/** The parts that must all hold. */
export const conjuncts = (query: Query): Query[] => (query.is === "and" ? query.parts.flatMap(conjuncts) : [query]);

/** A query as text; `parseQuery` reads it back. */
export function queryText(query: Query): string {
  if (query.is === "word") return query.quoted ? quotedAgain(query.text) : quoteWord(query.text);
  if (query.is === "field") return `${query.name}${query.comparison}${valueText(query.value)}`;
  if (query.is === "not")
    return query.part.is === "and" || query.part.is === "or"
      ? `NOT (${queryText(query.part)})`
      : `-${negated(query.part)}`;
  if (query.is === "or")
    return query.parts.map((part) => (part.is === "or" ? `(${queryText(part)})` : queryText(part))).join(" OR ");
  return query.parts
    .map((part) => (part.is === "and" || part.is === "or" ? `(${queryText(part)})` : queryText(part)))
    .join(" ");
}

/** Brackets, as a second hyphen would be part of a word. */
const negated = (part: Query): string => (part.is === "not" ? `(${queryText(part)})` : queryText(part));

/** Keeps the quotation marks, which make words one phrase, even where the text needs none. */
function quotedAgain(text: string): string {
  const plain = quoteWord(text);
  return plain.startsWith('"') ? plain : `"${plain}"`;
}

function valueText(value: Value): string {
  if (value.is === "range")
    return `[${value.least === null ? "*" : quoteValue(value.least)} TO ${value.most === null ? "*" : quoteValue(value.most)}]`;
  return quoteValue(value.text);
}
