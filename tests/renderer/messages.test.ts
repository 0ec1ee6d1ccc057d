import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "vitest";
import { en } from "../../src-renderer/messages/en";
import { text, textParts } from "../../src-renderer/messages/text";
import { scriptsOf, sentencesInCode, wordsInMarkup } from "../fixtures/literal-words";

/** It fails before there is a window to show a message. */
const BEFORE_THE_WINDOW = "main.ts";

const root = fileURLToPath(new URL("../../src-renderer/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.(svelte|ts)$/.test(path) && !path.startsWith("messages/en"));
const sourceOf = (path: string) => readFileSync(join(root, path), "utf8");

test("every message is valid ICU and its key has a known area", () => {
  for (const [key, message] of Object.entries(en)) {
    expect(() => parse(message, { captureLocation: false }), `${key}: ${message}`).not.toThrow();
    expect(key).toMatch(/^[a-z][A-Za-z]*(\.[a-zA-Z0-9]+)+$/);
    expect(message.trim(), key).not.toBe("");
  }
});

test("every message is used", () => {
  const sources = files.map(sourceOf).join("\n");
  /** Composed keys, such as `jobs.done.${kind}`. */
  const patterns = [...sources.matchAll(/`([a-z]\w*\.[\w.]*(?:\$\{[^}`]*\}[\w.]*)+)`/g)].map(
    ([, template]) => new RegExp(`^${template.replaceAll(".", "\\.").replace(/\$\{[^}]*\}/g, "\\w*")}$`),
  );
  const isShown = (key: string) => sources.includes(`"${key}"`) || patterns.some((pattern) => pattern.test(key));
  expect(Object.keys(en).filter((key) => !isShown(key))).toEqual([]);
});

test("user-visible text is in the message catalogue, not in components and code", () => {
  const literal = files.flatMap((path) => {
    if (path === BEFORE_THE_WINDOW) return [];
    const source = sourceOf(path);
    const words = path.endsWith(".svelte")
      ? [...wordsInMarkup(source), ...sentencesInCode(scriptsOf(source))]
      : sentencesInCode(source);
    return words.map((word) => `${path}: ${word}`);
  });
  expect(literal).toEqual([]);
});

test("finds text anywhere that a component can hold it", () => {
  const component = `<script lang="ts">
    import { text } from "../messages/text";
    const hint = \`Not all \${n} words\`;
    const key = "ArrowDown";
    if (!document.querySelector("main [role=grid]")) throw new Error("there is no grid to focus");
  </script>
  <h1 class="heading big" title="A title">{text("welcome.version", { version })}</h1>
  <Modal title={busy ? "Saving…" : text("action.save")}>{#if kind === "own"}Own{/if}</Modal>
  <p style="color: red">{counted(n, "photo")} {names.join(", ")} {label ?? "none"}</p>
  <div style:width="{width}px"><kbd>Q</kbd><kbd>Space</kbd></div>
  {#snippet foot()}<button onclick={() => go("all")}>{#each [1] as n (n)}Go {n}{/each}</button>{/snippet}`;
  expect(wordsInMarkup(component)).toEqual(["A title", "Saving…", "Own", "photo", "none", "Space", "Go"]);
  expect(sentencesInCode(scriptsOf(component))).toEqual(["Not all"]);
});

test("numbers agree with their nouns", () => {
  expect(text("quantity.photos", { count: 1 })).toBe("1 photo");
  expect(text("quantity.photos", { count: 12_000 })).toBe("12,000 photos");
  expect(text("quantity.photos", { count: 0 })).toBe("0 photos");
});

test("a message's tags are returned as parts, and its values are inserted unchanged", () => {
  expect(textParts("copy.done", { count: 1 })).toEqual([
    { text: "Library with " },
    { text: "1 verdict", tag: "strong" },
    { text: " copied to" },
  ]);
  expect(textParts("export.written", { rows: "<key>3</key>" })[0]).toEqual({ text: "<key>3</key>", tag: "strong" });
});
