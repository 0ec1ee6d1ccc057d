/** Extracts prose from markup, roughly: mistakes are a small part of millions of words. */

/** For dictionaries and reStructuredText. Markup between words is not counted as words, so it may stay. */
export function plainText(text) {
  return text
    .replace(/\w+:\/\/\S+/g, " ")
    .replace(/\\[^\\\n]{1,60}\\,/g, ",") // "\Ab*do"men\," is a headword's pronunciation
    .replace(
      /\[(1913 Webster|Webster 1913 Suppl\.|PJC|WordNet 1\.5|AS|Century Dict\. 1906|RP|AH|Dict[^\]]{0,12})[^\]]{0,8}\]/g,
      "\n",
    )
    .replace(/[{}]/g, "");
}

/** troff -man */
export function manText(text) {
  return text
    .replace(/^\.?\\".*$/gm, "")
    .replace(/^\.(nf|EX)\n[\s\S]*?^\.(fi|EE)$/gm, "\n") // programs
    .replace(/^\.(TH|SH|SS|PP|P|LP|TP|IP|HP|RS|RE|sp|br|TS|TE|so|UR|UE|in|ad|ft|ta|ti|tq).*$/gim, "\n")
    .replace(/^\.(?:BI|BR|IB|IR|RB|RI|SM|SB|B|I) ?(.*)$/gm, "$1")
    .replace(/^\..*$/gm, "")
    .replace(/\\f(\[\w*\]|\(..|.)/g, "")
    .replace(/\\-/g, "-")
    .replace(/\\[(*]..|\\\[[^\]]*\]|\\[&%|^/,e]/g, " ")
    .replace(/\\/g, " ")
    .replace(/"/g, "");
}

/** Leaves out scripts, styles and code blocks; block elements separate paragraphs. */
export function htmlText(text) {
  return text
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/<(script|style|pre|head|nav)\b[\s\S]*?<\/\1>/gi, "\n\n")
    .replace(/<\/?(p|div|li|dt|dd|h\d|tr|table|ul|ol|dl|section|blockquote)\b[^>]*>/gi, "\n\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&(amp|lt|gt|quot|nbsp|rsquo|lsquo|mdash|ndash|hellip);/g, (_, name) => ENTITIES[name])
    .replace(/\w+:\/\/\S+/g, " ");
}

const ENTITIES = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: " ",
  rsquo: "'",
  lsquo: "'",
  mdash: " - ",
  ndash: "-",
  hellip: "...",
};
