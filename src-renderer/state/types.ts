export type ReviewOf = "queue" | "labelIssues" | "duplicates";
