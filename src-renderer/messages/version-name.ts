import type { ModelInfo } from "../../src-shared/contract";
import { text } from "./text";

/** "Base model", "Version 3". */
export function versionName(version: ModelInfo | undefined): string {
  if (!version) return text("version.deleted");
  return version.kind === "bundled" ? text("version.base") : text("version.numbered", { number: version.model });
}
