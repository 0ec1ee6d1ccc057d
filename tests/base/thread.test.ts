import { expect, test } from "vitest";
import { startWorker } from "../../src-main/base/worker";

test("a thread whose file is gone, for example while the program is built anew, is one clear refusal", () => {
  expect(() => startWorker("sleep-worker" as "fit-worker", {})).toThrow(
    /sleep-worker\.js is missing\. Run npm run build/,
  );
});
