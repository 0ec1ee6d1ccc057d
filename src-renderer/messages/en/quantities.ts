/** Numbers of things, as they stand alone. */
export const quantities = {
  "quantity.photos": "{count, plural, one {# photo} other {# photos}}",
  "quantity.labels": "{count, plural, one {# label} other {# labels}}",
} as const;
