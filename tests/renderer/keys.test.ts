import { expect, test } from "vitest";
import {
  conflictsOf,
  keysOf,
  readChosenKeys,
  withKey,
  withoutKey,
  withOwnKeys,
} from "../../src-renderer/commands/chosen-keys";
import { boundTo, commandOf, COMMANDS, FIXED_KEYS, keyLines } from "../../src-renderer/commands/commands";
import { ariaKey, isReserved, keyOf, shownKey } from "../../src-renderer/commands/key-names";
import { SITUATIONS } from "../../src-renderer/commands/situation";

test("no key has two functions in one situation, and no command has a reserved one", () => {
  for (const situation of SITUATIONS) {
    const keys = [...FIXED_KEYS, ...COMMANDS]
      .filter((each) => !each.in || each.in.includes(situation))
      .flatMap((each) => each.keys);
    expect(
      keys.filter((key, i) => keys.indexOf(key) !== i),
      situation,
    ).toEqual([]);
  }
  expect(COMMANDS.flatMap(({ keys }) => keys).filter(isReserved)).toEqual([]);
});

test("every command has an id of its own and a name, and every key is in the list of keys", () => {
  expect(new Set(COMMANDS.map(({ id }) => id)).size).toBe(COMMANDS.length);
  const lines = keyLines("", ({ keys }) => keys);
  for (const { group, name, keys } of [...FIXED_KEYS, ...COMMANDS]) {
    expect(name).not.toBe("");
    if (keys.length > 0) expect(lines).toContainEqual(expect.objectContaining({ group, name }));
  }
  expect(keyLines("ctrl + e", ({ keys }) => keys).map(({ name }) => name)).toEqual([commandOf("event.name").name]);
  expect(() => commandOf("nothing")).toThrow("There is no command “nothing”.");
});

test("a symbol typed with Shift is found without it, and a letter with Shift is distinct from the letter", () => {
  const pressed = (key: string, shiftKey = false, ctrlKey = false) =>
    boundTo(keyOf({ key, shiftKey, ctrlKey, metaKey: false }), "photos", ({ keys }) => keys)?.name;
  expect(pressed("?", true)).toBe("Keyboard shortcuts");
  expect(pressed("+", true)).toBe(pressed("+"));
  expect(pressed("Z", true)).toBe("Redo");
  expect(pressed("Z")).toBe("Undo"); // Caps Lock
  expect(pressed("z", false, true)).toBe("Undo");
  expect(pressed("Z", true, true)).toBe("Redo");
  expect(pressed("x", false, true)).toBeUndefined();
  expect(pressed("1", false, true)).toBe("Rate 1 star");
  expect(pressed("n", false, true)).toBeUndefined();
});

test("keys are shown and announced by their names", () => {
  expect(["ctrl+shift+e", " ", "arrowleft", "?", "+"].map(shownKey)).toEqual([
    "Ctrl + Shift + E",
    "Space",
    "←",
    "?",
    "+",
  ]);
  expect(["ctrl+shift+e", "ctrl+z", "?", "+", "/"].map(ariaKey)).toEqual([
    "Control+Shift+E",
    "Control+Z",
    "?",
    "+",
    "/",
  ]);
});

test("a key given to a command is taken from those in its way, and only from those; a reset takes it back", () => {
  const [reject, type, filmstrip] = ["label.reject", "label.type", "loupe.filmstrip"].map(commandOf);
  expect(conflictsOf(COMMANDS, {}, reject!, "t")).toEqual([type]);
  // the map's lasso is never open together with Loupe view
  expect(conflictsOf(COMMANDS, {}, filmstrip!, "l")).toEqual([]);
  const given = withoutKey(withKey(COMMANDS, {}, reject!, "t"), reject!, "x");
  expect([reject!, type!, commandOf("label.why")].map((each) => keysOf(given, each))).toEqual([["t"], [], ["w"]]);
  const reset = withOwnKeys(COMMANDS, given, type!);
  expect([reject!, type!].map((each) => keysOf(reset, each))).toEqual([[], ["t"]]);
});

test("kept keys that this version can't use are ignored", () => {
  const kept = { gone: ["x"], "label.reject": [1], "label.type": ["b"] };
  expect(readChosenKeys(COMMANDS, kept)).toEqual({ "label.type": ["b"] });
  for (const other of [[1], null, "x", 3]) expect(readChosenKeys(COMMANDS, other)).toEqual({});
});
