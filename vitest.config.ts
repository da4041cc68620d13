/** One run for everything, never cached. Projects separate what is pure and quick from what starts processes. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "core", include: ["packages/core/test/**/*.test.ts"] } },
      { test: { name: "relay", include: ["packages/sync-relay/test/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "desktop", include: ["packages/desktop/test/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "whole", include: ["test/**/*.test.ts"], testTimeout: 60_000 } },
    ],
  },
});
