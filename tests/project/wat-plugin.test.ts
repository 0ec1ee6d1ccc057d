import { expect, test } from "vitest";
import { compileWat } from "../../scripts/wat-plugin";

test("compiles WebAssembly text, ignoring comments", async () => {
  const text = `(module ;; σ ≈ ½ Ċ doubles
    (func (export "double") (param $x i32) (result i32) (i32.shl (local.get $x) (i32.const 1))))`;
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(await compileWat("double.wat", text)));
  expect((instance.exports.double as (x: number) => number)(21)).toBe(42);
});

test.each([
  ["an unknown keyword", "(module\n  (func (i32.nonsense)))", "double.wat:2:10"],
  ["a result of another type", "(module\n  (func (result i32) (f32.const 1)))", "double.wat:2:"],
])("reports the position of %s", async (_, text, place) => {
  await expect(compileWat("double.wat", text)).rejects.toThrow(place);
});
