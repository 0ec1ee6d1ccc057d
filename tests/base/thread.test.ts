import { expect, test } from "vitest";
import { startWorker } from "../../src-main/base/worker";

test("a thread whose file is missing, for example during a build, is refused once with a clear message", () => {
  expect(() => startWorker("sleep-worker" as "fit-worker", {})).toThrow(
    /sleep-worker\.js is missing\. Run npm run build/,
  );
});
