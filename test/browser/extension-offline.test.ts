/** Signing in with every network interface but loopback gone. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "../app/chromium.ts";

const PROGRAM = join(import.meta.dirname, "offline-sign-ins.ts");
/** A network namespace of its own, whose loopback is up. */
const ALONE = ["-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
const cannot = HAS_NO_CHROMIUM || spawnSync("unshare", [...ALONE, "true"]).status !== 0;

describe.skipIf(cannot)("a website in Chromium", () => {
  test(
    "signs in ten times with every network interface but loopback gone",
    { timeout: LAUNCH_MS * 2 },
    () => {
      const printed = execFileSync("unshare", [...ALONE, process.execPath, PROGRAM], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      expect(JSON.parse(printed)).toEqual({
        outside: "ENETUNREACH",
        interfaces: ["lo"],
        standing: "answering",
        count: 10,
        faults: [],
      });
    },
  );
});
