/** The phone's reader finds the code of a real invitation in pictures as cameras make them: turned, tilted, blurred, noisy, dim. */
import { formatInvitation } from "@latchkey/core/pairing/invitation";
import { systemRandom } from "@latchkey/desktop/host/vault-host";
import { encodeInvitationQr } from "@latchkey/desktop/qr/render-qr";
import type { MailboxId } from "@latchkey/core/relay-protocol";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_NO_CHROMIUM, LAUNCH_MS } from "./chromium.ts";
import { openScriptPage, type ScriptPage } from "./script-page.ts";

interface Variant {
  readonly turn?: number;
  /** Shear, as of a code that is not held straight. */
  readonly tilt?: number;
  /** Pixels. */
  readonly blur?: number;
  /** Of each pixel at most, of 255. */
  readonly noise?: number;
  readonly dark?: number;
  readonly light?: number;
  readonly size?: number;
}

const VARIANTS: readonly Variant[] = [
  {},
  { turn: 5 },
  { turn: 17 },
  { turn: -30 },
  { turn: 45 },
  { turn: 90 },
  { turn: 180 },
  { tilt: 0.1 },
  { tilt: -0.2 },
  { tilt: 0.15, turn: 12 },
  { blur: 1 },
  { blur: 2 },
  { blur: 1.5, turn: 8 },
  { noise: 40 },
  { noise: 90 },
  { noise: 50, blur: 1 },
  { dark: 90, light: 170 },
  { dark: 60, light: 140, noise: 20 },
  { size: 260 },
  { size: 300, turn: -10, tilt: 0.05, noise: 20 },
];

describe.skipIf(HAS_NO_CHROMIUM)("the phone's reader", () => {
  let opened: ScriptPage;
  let page: Page;
  const text = formatInvitation("https://phone.example/", {
    relays: [{ origin: "https://mailbox.example", token: null }],
    mailboxId: systemRandom(16) as MailboxId,
    publicKey: systemRandom(32),
    psk: systemRandom(32),
  });

  beforeAll(async () => {
    opened = await openScriptPage(new URL("phone-scan-page.ts", import.meta.url));
    page = opened.page;
  }, LAUNCH_MS);
  afterAll(async () => opened?.close());

  test.each(VARIANTS.map((variant) => [JSON.stringify(variant), variant] as const))(
    "reads it %s",
    async (_, variant) => {
      const modules = encodeInvitationQr(text);
      expect(await page.evaluate(([m, v]) => window.readVariant(m, v), [modules, variant] as const)).toBe(
        text,
      );
    },
  );

  test("finds nothing where there is nothing", async () => {
    expect(await page.evaluate(() => window.readVariant([], { noise: 200 }))).toBeNull();
  });
});
