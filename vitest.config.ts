/**
 * One run for everything, never cached. Projects separate what is pure and quick from what starts processes.
 *
 * `--mode slow` (`npm run test:slow`) sets SLOW=1 for the tests: many more rounds of the properties, and the time for them.
 */
import { defineConfig } from "vitest/config";
import { createAccountReporter } from "./test/reporter/account-reporter.ts";

// Anything but these asks for a part of the suites, for which the claims cannot be judged.
const WHOLE_RUN = new Set(["run", "--mode=slow"]);
const whole = process.argv.slice(2).every((argument) => WHOLE_RUN.has(argument));

const UNDER_WINE = "test/windows-under-wine/**/*.test.ts";

export default defineConfig(({ mode }) => {
  const slow = mode === "slow" || process.env["SLOW"] === "1";
  const project = (name: string, include: string, seconds: number, exclude: readonly string[] = []) => ({
    test: {
      name,
      include: [include],
      exclude: [...exclude],
      testTimeout: seconds * 1000 * (slow ? 20 : 1),
      env: slow ? { SLOW: "1" } : {},
    },
  });
  return {
    test: {
      reporters: [
        "dot",
        createAccountReporter({
          root: import.meta.dirname,
          readme: "README.md",
          whole,
          strict: process.env["CI"] === "true",
        }),
      ],
      projects: [
        project("core", "packages/core/test/**/*.test.ts", 15),
        project("relay", "packages/sync-relay/test/**/*.test.ts", 30),
        project("device-host", "packages/device-host/test/**/*.test.ts", 30),
        project("desktop", "packages/desktop/test/**/*.test.ts", 30),
        project("windows", "packages/windows-provider/test/**/*.test.ts", 30),
        project("web-ui", "packages/web-ui/test/**/*.test.{ts,tsx}", 15),
        project("extension", "packages/browser-extension/test/**/*.test.ts", 30),
        project("phone", "packages/mobile-pairing/test/**/*.test.ts", 30),
        project("whole", "test/**/*.test.ts", 60, [UNDER_WINE]),
        // After all others, with the machine to itself: a COM call that a busy machine answers too late is another answer.
        { test: { ...project("wine", UNDER_WINE, 60).test, sequence: { groupOrder: 1 } } },
      ],
    },
  };
});
