/** The offer to learn from the keywords that photos carry. */
export const keywordOffer = {
  "keywordOffer.found": "{photos, plural, one {# photo has} other {# photos have}} keywords.",
  "keywordOffer.learn": "Learn from them…",
  "keywordOffer.hint":
    "Preview which labels {keywords, plural, one {the keyword becomes} other {the # keywords become}}, then import them in one step you can undo.",
} as const;
