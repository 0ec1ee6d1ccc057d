import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { TRANSITIONS } from "../../src-main/workspace/session-state";

test("the diagram in docs/architecture.md shows the session's transitions", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/architecture.md", import.meta.url)), "utf8");
  const diagram = /```mermaid\nstateDiagram-v2\n([^`]*)```/.exec(page)?.[1] ?? "";
  const shown = [...diagram.matchAll(/^ *(\w+) --> (\w+):/gm)].map(([, from, to]) => `${from} → ${to}`);
  const legal = Object.entries(TRANSITIONS).flatMap(([from, next]) => next.map((to) => `${from} → ${to}`));
  expect(shown.toSorted()).toEqual(legal.toSorted());
  expect(diagram).toContain("[*] --> closed");
});
