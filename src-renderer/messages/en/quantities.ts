/** Numbers of things, as they stand alone. */
export const quantities = {
  "quantity.annotations": "{count, plural, one {# annotation} other {# annotations}}",
  "quantity.boxes": "{count, plural, one {# box} other {# boxes}}",
  "quantity.faces": "{count, plural, one {# face} other {# faces}}",
  "quantity.files": "{count, plural, one {# file} other {# files}}",
  "quantity.labels": "{count, plural, one {# label} other {# labels}}",
  "quantity.objects": "{count, plural, one {# object} other {# objects}}",
  "quantity.people": "{count, plural, one {# person} other {# people}}",
  "quantity.photos": "{count, plural, one {# photo} other {# photos}}",
  "quantity.rows": "{count, plural, one {# row} other {# rows}}",
  "quantity.sidecars": "{count, plural, one {# sidecar} other {# sidecars}}",
  "quantity.verdicts": "{count, plural, one {# verdict} other {# verdicts}}",
} as const;
