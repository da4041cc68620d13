/** The tests that Stryker runs: those that the part names which is being changed (`targets.ts`). */
import { defineConfig } from "vitest/config";
import { readJudges } from "./targets.ts";

/** @public Stryker is given its name. */
export default defineConfig({
  test: {
    // Changed sources count what is covered, which makes them slow.
    testTimeout: 60_000,
    ...readJudges(),
  },
});
