import { parse } from "@formatjs/icu-messageformat-parser";
import { expect, test } from "vitest";
import { en } from "../../src-renderer/messages/en";
import { text } from "../../src-renderer/messages/text";

test("every message is valid ICU and has a key of its area", () => {
  for (const [key, message] of Object.entries(en)) {
    expect(() => parse(message, { captureLocation: false }), `${key}: ${message}`).not.toThrow();
    expect(key).toMatch(/^[a-z][A-Za-z]*(\.[a-zA-Z0-9]+)+$/);
    expect(message.trim(), key).not.toBe("");
  }
});

test("numbers of things agree with their number", () => {
  expect(text("quantity.photos", { count: 1 })).toBe("1 photo");
  expect(text("quantity.photos", { count: 12_000 })).toBe("12,000 photos");
  expect(text("quantity.photos", { count: 0 })).toBe("0 photos");
});
