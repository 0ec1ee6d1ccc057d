import { expect, test } from "vitest";
import { concat } from "../../src-main/math/concat";

test("concatenates parts in order, keeping their type", () => {
  expect(concat([Float32Array.of(1, 2), new Float32Array(0), Float32Array.of(3)], Float32Array)).toEqual(
    Float32Array.of(1, 2, 3),
  );
  expect(concat([], Uint8Array)).toEqual(new Uint8Array(0));
});
