import { expect, test } from "vitest";
import { SITUATIONS } from "../../src-renderer/keys/binding";
import { bindingGroups, bindingOf, bindings, bindingsFor } from "../../src-renderer/keys/bindings";
import { namesOf } from "../../src-renderer/keys/handle-key";

test("no key has two functions in one context", () => {
  for (const situation of SITUATIONS) {
    const names = bindings()
      .filter((binding) => !binding.in || binding.in.includes(situation))
      .flatMap(({ match }) => match);
    expect(
      names.filter((name, i) => names.indexOf(name) !== i),
      situation,
    ).toEqual([]);
  }
});

test("every binding is in the list of keys, in a visible group, with its key and function", () => {
  const listed = bindingsFor("").map(({ group, does, match }) => ({ group, does, match }));
  for (const binding of bindings()) {
    const { group, does, match } = binding;
    expect(listed).toContainEqual({ group, does, match });
    expect(bindingGroups()).toContain(binding.group);
    expect(binding.does).not.toBe("");
    // what has no key can still be run, by a button or a menu
    expect([binding.keys.length > 0, binding.match.length > 0]).toEqual(
      binding.keys.length > 0 || !binding.run ? [true, true] : [false, false],
    );
  }
});

test("a symbol typed with Shift is found without it, and a letter with Shift is distinct from the letter", () => {
  const pressed = (key: string, shiftKey = false, ctrlKey = false) =>
    bindingOf(namesOf({ key, shiftKey, ctrlKey, metaKey: false }), "photos")?.does;
  expect(pressed("?", true)).toBe("Show this list");
  expect(pressed("+", true)).toBe(pressed("+"));
  expect(pressed("Z", true)).toBe("Redo");
  expect(pressed("Z")).toBe("Undo"); // Caps Lock
  expect(pressed("z", false, true)).toBe("Undo");
  expect(pressed("Z", true, true)).toBe("Redo");
  expect(pressed("x", false, true)).toBeUndefined();
  expect(pressed("1", false, true)).toBe("Rate 1 star");
  expect(pressed("n", false, true)).toBeUndefined();
});
