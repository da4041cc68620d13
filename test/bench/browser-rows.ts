/**
 * Rows of the browser extension: from a page's call to its result, through extension, native messaging host and vault, against the same call
 * answered by Chromium's own virtual authenticator. The person answers at once, at the desk of the host, with a passphrase that costs little:
 * no time of a person's is in it, but the window that opens for the request is. Left out where there is no Chromium.
 */
import type { Page } from "playwright-core";
import { HAS_NO_CHROMIUM, launchChromium } from "../app/chromium.ts";
import { PASSPHRASE } from "../app/served-app.ts";
import { type ExtensionRig, startRig } from "../browser/extension-rig.ts";
import { SHOP } from "../browser/test-sites.ts";
import { openVirtualAuthenticator } from "../browser/virtual-authenticator.ts";
import type { SizedVault } from "./bench-vault.ts";
import { alternate, type Bench, type Figure, median } from "./measure.ts";

const ROUNDS = 15;

/** Milliseconds as the page sees them. */
const TIMED = (call: string): string => `(async () => {
  const start = performance.now();
  await navigator.credentials.${call};
  return performance.now() - start;
})()`;
const CREATE = TIMED(`create({ publicKey: {
  rp: { name: "Shop" }, user: { id: new Uint8Array([1]), name: "ana", displayName: "Ana" },
  challenge: new Uint8Array(32), pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "required", userVerification: "required" } } })`);
const GET = TIMED(`get({ publicKey: { challenge: new Uint8Array(32), userVerification: "required" } })`);

export async function measureBrowser(bench: Bench, _vault: SizedVault): Promise<Figure[]> {
  if (HAS_NO_CHROMIUM) {
    bench.progress("no Chromium here: the rows of the browser extension are left out");
    return [];
  }
  const browser = await launchChromium();
  const rig = await startRig();
  try {
    agreeAlways(rig);
    const page = await rig.open(rig.sites.origin(SHOP));
    if ((await rig.look()) !== "answering") throw new Error("extension does not answer");
    await page.bringToFront();
    const virtual = await openVirtualAuthenticator(browser, true);
    const bare = browser.contexts()[0]?.pages()[0] as Page;
    bench.progress(`page call to result, ${ROUNDS} rounds each`);
    const figures: Figure[] = [];
    for (const [what, script] of [
      ["registers", CREATE],
      ["signs in", GET],
    ] as const) {
      const { ours, floor } = await alternate(ROUNDS, {
        ours: () => page.evaluate<number>(script),
        floor: () => bare.evaluate<number>(script),
      });
      figures.push({
        what: `website ${what} by the extension, page call to result`,
        unit: "ms",
        ours: median(ours),
        floor: { name: "Chromium's virtual authenticator", value: median(floor) },
        target: null,
        note: "with the window that opens for the request, without a person's time; a real passphrase adds its Argon2id",
      });
    }
    await virtual.close();
    return figures;
  } finally {
    await rig.close();
    await browser.close();
  }
}

/** A person who answers as soon as something is asked. */
function agreeAlways(rig: ExtensionRig): void {
  const requests = rig.host?.served.requests;
  requests?.subscribe(() => {
    const id = requests.view?.id;
    if (id !== undefined)
      setImmediate(() => void requests.answer(id, { passphrase: PASSPHRASE, account: 0 }).catch(() => {}));
  });
}
