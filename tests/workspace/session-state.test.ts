import { describe, expect, test } from "vitest";
import type { OpenFolder } from "../../src-main/workspace/open-folder";
import {
  afterFailedOpening,
  beginOpening,
  createStateHolder,
  damagedLibraryOf,
  type SessionState,
  type StateHolder,
  type StateName,
  withOpenFolder,
  withoutOpenFolder,
} from "../../src-main/workspace/session-state";

const folder = (name: string) => ({ library: { store: { folder: name } } }) as unknown as OpenFolder;
const A = folder("/a");
const damaged = { folder: "/c", message: "library.db is damaged" };

const STATES: Record<StateName, SessionState> = {
  closed: { name: "closed" },
  opening: { name: "opening", folder: "/b", before: { name: "closed" } },
  open: { name: "open", opened: A, isCacheRebuilt: false, damaged: null },
  mending: { name: "mending", opened: A },
  damaged: { name: "damaged", damaged },
};
/** How a session gets into each state. */
const ROUTES: Record<StateName, StateName[]> = {
  closed: [],
  opening: ["opening"],
  open: ["opening", "open"],
  mending: ["opening", "open", "mending"],
  damaged: ["opening", "damaged"],
};
const NAMES = Object.keys(STATES) as StateName[];

function sessionIn(name: StateName): StateHolder {
  const holder = createStateHolder();
  for (const step of ROUTES[name]) holder.enter(STATES[step]);
  return holder;
}

const LEGAL = [
  "closed → opening",
  "opening → opening", // the library before is replaced or closed
  "opening → open",
  "opening → closed", // failed
  "opening → damaged",
  "open → open", // replaced
  "open → opening",
  "open → mending",
  "open → closed",
  "open → damaged", // closed after another library turned out to be damaged
  "mending → mending", // closed, then opened with a new cache
  "mending → open",
  "mending → damaged",
  "damaged → opening",
];
const PAIRS = NAMES.flatMap((from) => NAMES.map((to) => ({ from, to, isLegal: LEGAL.includes(`${from} → ${to}`) })));

test("the list of legal pairs names states that exist", () => {
  expect(PAIRS.filter(({ isLegal }) => isLegal)).toHaveLength(LEGAL.length);
});

test.each(PAIRS.filter(({ isLegal }) => isLegal))("a session may go from $from to $to", ({ from, to }) => {
  const holder = sessionIn(from);
  expect(holder.now).toBe(STATES[from].name === "closed" ? holder.now : STATES[from]);
  holder.enter(STATES[to]);
  expect(holder.now).toBe(STATES[to]);
});

test.each(PAIRS.filter(({ isLegal }) => !isLegal))("a session can't go from $from to $to", ({ from, to }) => {
  const holder = sessionIn(from);
  const before = holder.now;
  expect(() => holder.enter(STATES[to])).toThrow(new Error(`A session can’t go from ${from} to ${to}.`));
  expect(holder.now).toBe(before);
});

describe("opening", () => {
  const open: SessionState = { name: "open", opened: A, isCacheRebuilt: true, damaged: null };
  const holderWith = (state: SessionState) => {
    const holder = sessionIn("opening");
    holder.enter(state);
    return holder;
  };

  test("keeps the library before open, and returns to it if opening fails", () => {
    const holder = holderWith(open);
    holder.enter(beginOpening(holder.now, "/b"));
    expect(holder.openOrNull()).toBe(A);
    holder.enter(afterFailedOpening(holder.now, null));
    expect(holder.now).toEqual(open);
    expect(damagedLibraryOf(holder.now)).toBeNull();
  });

  test("reports a damaged library, whether or not another stays open", () => {
    const holder = holderWith(open);
    holder.enter(beginOpening(holder.now, "/c"));
    holder.enter(afterFailedOpening(holder.now, damaged));
    expect(holder.now).toEqual({ ...open, damaged });
    holder.enter(withoutOpenFolder(holder.now));
    expect(holder.now).toEqual({ name: "damaged", damaged });
    holder.enter(beginOpening(holder.now, "/b"));
    expect([holder.openOrNull(), damagedLibraryOf(holder.now)]).toEqual([null, damaged]);
    holder.enter(afterFailedOpening(holder.now, null));
    expect(holder.now).toEqual({ name: "damaged", damaged });
  });

  test("ends closed if the library before was closed and opening fails after all", () => {
    const holder = holderWith(open);
    holder.enter(beginOpening(holder.now, "/b"));
    holder.enter(withoutOpenFolder(holder.now));
    expect(holder.openOrNull()).toBeNull();
    expect(() => holder.opened()).toThrow(expect.objectContaining({ code: "no-library" }) as Error);
    holder.enter(afterFailedOpening(holder.now, null));
    expect(holder.now).toEqual({ name: "closed" });
  });

  test.each(["opening", "mending"] as const)("does not begin while the session is %s", (name) => {
    expect(() => beginOpening(STATES[name], "/b")).toThrow(`A session can’t go from ${name} to opening.`);
  });
});

test("the library can be replaced while open, while another is being opened, and while it is mended", () => {
  const next = folder("/a");
  for (const state of [STATES.open, STATES.mending, { ...STATES.opening, before: STATES.open } as SessionState]) {
    const holder = sessionIn("open");
    if (state.name !== "open") holder.enter(state);
    expect(holder.opened()).toBe(A);
    holder.enter(withOpenFolder(holder.now, next));
    expect(holder.opened()).toBe(next);
    expect(holder.now.name).toBe(state.name);
  }
});

test.each([STATES.closed, STATES.damaged, STATES.opening])("$name: there is nothing to replace or close", (state) => {
  expect(() => withOpenFolder(state, A)).toThrow(`A session that is ${state.name} has no library to replace.`);
  expect(() => withoutOpenFolder(state)).toThrow(`A session that is ${state.name} has no library to close.`);
});
