export type ReviewOf = "queue" | "mislabels" | "duplicates";
