/**
 * The tests that judge changes of the receive path: those of core in process that receive something, and none that only use what was
 * received. They take some twenty seconds, and a change is shown to those alone that run the changed line.
 */
import { defineConfig } from "vitest/config";

/** @public Stryker is given its name. */
export default defineConfig({
  test: {
    // Changed sources count what is covered, which makes them slow.
    testTimeout: 60_000,
    include: [
      "packages/core/test/{log,membership,sync}/*.test.ts",
      "packages/core/test/vault/{admit,leb128,document,history,operation-set}.test.ts",
      "packages/core/test/device/{device,epochs,relay-evidence}.test.ts",
    ],
  },
});
