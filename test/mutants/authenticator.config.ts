/**
 * The tests that Stryker runs: those of core's authenticator and CBOR, in process. Not those whose requests are random: a fault that they
 * notice at times would make the account a matter of luck, and it took five times as long.
 */
import { defineConfig } from "vitest/config";

/** @public Stryker finds it by its name. */
export default defineConfig({
  test: {
    // Changed sources count what is covered, which makes them slow.
    testTimeout: 60_000,
    include: ["packages/core/test/authenticator/**/*.test.ts", "packages/core/test/cbor*.test.ts"],
    exclude: [
      "packages/core/test/authenticator/properties.test.ts",
      "packages/core/test/authenticator/sequences.test.ts",
      // Reads its sources as text, which Stryker has changed.
      "packages/core/test/authenticator/imports.test.ts",
    ],
  },
});
