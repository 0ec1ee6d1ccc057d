/**
 * The arguments of an ICU message, read from its text by the compiler: `"{count, plural, one {# photo} other {# photos}}
 * in {folder}"` takes `{ count: number; folder: string | number }`. Tags (`<key>…</key>`) are not arguments.
 */
export type ArgumentsOf<Text extends string> = Collected<Text, {}>; // oxlint-disable-line typescript/no-empty-object-type

/** What opens a branch of a plural or a select rather than an argument. */
type Branch = "zero " | "one " | "two " | "few " | "many " | "other " | "=0 " | "=1 ";

type Collected<Text extends string, Found> = Text extends `${infer Before}{${infer After}`
  ? Before extends `${string}${Branch}`
    ? Collected<After, Found>
    : Collected<After, Found & Named<After>>
  : Found;

type Named<After extends string> = After extends `${infer Head}}${string}`
  ? Head extends `${infer Name}, plural,${string}`
    ? Record<Name, number>
    : Head extends `${infer Name}, number${string}`
      ? Record<Name, number>
      : Head extends `${infer Name}, select,${string}`
        ? Record<Name, string>
        : Head extends `${string} ${string}`
          ? unknown
          : Record<Head, string | number>
  : unknown;
