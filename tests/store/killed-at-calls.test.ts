import { expect, test } from "vitest";
import { cannotInject, killAtSystemCalls } from "../../tools/soak/injected-kills";
import { OPERATIONS } from "../../tools/soak/killed-operations";
import { temporaryFolder } from "../fixtures/photo-folder";

// `npm run soak -- --only killed` does this 200 times.
// guarantee: annotations-durable
// guarantee: killed-anywhere
test("killed at any rename, deletion, sync or commit of an operation, no acknowledged verdict is lost, every database is sound, and the next command finds every library", async ({
  skip,
}) => {
  const reason = cannotInject();
  if (reason !== null) return skip(reason);
  const { kills, acknowledged, lost, unsound, unfound, faults } = await killAtSystemCalls({
    root: temporaryFolder(),
    kills: null,
    draw: () => 0,
    until: Infinity,
  });
  expect(faults).toEqual([]);
  expect({ lost, unsound, unfound }).toEqual({ lost: 0, unsound: 0, unfound: 0 });
  expect(acknowledged).toBeGreaterThan(0);
  expect(Object.keys(kills).sort()).toEqual(Object.keys(OPERATIONS).sort());
}, 600_000);
