/**
 * The system's Chromium for tests, through playwright-core: headless, on loopback alone. Where it is not installed the suites that need it
 * are skipped, which the reporter says aloud and which is an error on a build machine.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/lib/chromium/chromium", "/usr/bin/chromium"];
const found = PLACES.find((place) => existsSync(place));

/** For `describe.skipIf`. */
export const HAS_NO_CHROMIUM = found === undefined;

/** Where it is, for playwright. */
export const CHROMIUM = found === undefined ? {} : { executablePath: found };

/** Names that tests give to loopback: foreign sites. */
const FOREIGN = ["attacker.test", "rebind.test"];
/** A busy machine takes its time to start it: for the hook that does. */
export const LAUNCH_MS = 60_000;

/** Nothing but loopback resolves. */
export const QUIET =
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1";

/** Nothing but loopback resolves, whatever the browser itself would like to ask for. */
export function launchChromium(...args: readonly string[]): Promise<Browser> {
  return chromium.launch({
    ...CHROMIUM,
    timeout: LAUNCH_MS,
    args: [
      `--host-resolver-rules=${FOREIGN.map((name) => `MAP ${name} 127.0.0.1`).join(", ")}, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1`,
      ...args,
    ],
  });
}
