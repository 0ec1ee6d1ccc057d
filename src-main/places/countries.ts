const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** Codes that are no countries: unknown, and groups of countries. */
const NO_COUNTRIES = new Set(["EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"]);

let byName: Map<string, string> | undefined;

/** The English name of a country by its code, "Portugal"; other text as it is. */
export const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);

/** The code of a country by its code or English name, in any case; other text as it is. */
export function countryCode(text: string): string {
  byName ??= new Map(
    LETTERS.flatMap((a) => LETTERS.map((b) => a + b))
      .filter((code) => !NO_COUNTRIES.has(code) && names.of(code) !== undefined)
      .map((code) => [names.of(code)!.toLowerCase(), code]),
  );
  const upper = text.trim().toUpperCase();
  if (/^[A-Z]{2}$/.test(upper) && names.of(upper) !== undefined) return upper;
  return byName.get(text.trim().toLowerCase()) ?? text.trim();
}
